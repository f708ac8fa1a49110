// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Tls;

/// <summary>
/// The authorities that a peer's certificate must come from, read from a PEM file and read again when it changes: new handshakes use the
/// new set, open connections go on. A file without a certificate is refused and the old set stays. Thread-safe. Dispose it after its users.
/// </summary>
public sealed class TrustStore : IDisposable
{
    private readonly ReloadingFiles<Authorities> _files;

    private TrustStore(string path, ILogger logger, TimeProvider time, TimeSpan interval) =>
        _files = new ReloadingFiles<Authorities>("Trusted authorities", [path], contents => Parse(path, contents[0]), interval, logger, time);

    /// <summary>Reads the authorities and watches their file.</summary>
    /// <param name="path">A PEM file with root certificates; intermediate ones may stand beside them to complete chains.</param>
    /// <param name="loggerFactory">Takes the reports about reloads.</param>
    /// <param name="timeProvider">The clock of the checks.</param>
    /// <param name="checkInterval">Time between two looks at the file. Default: 2 s.</param>
    /// <returns>The store.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="CryptographicException">The file holds no root certificate.</exception>
    public static TrustStore Open(string path, ILoggerFactory loggerFactory, TimeProvider timeProvider, TimeSpan? checkInterval = null)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        return new TrustStore(path, loggerFactory.CreateLogger<TrustStore>(), timeProvider, checkInterval ?? TimeSpan.FromSeconds(2));
    }

    /// <summary>Looks at the file now, for instance after a signal.</summary>
    /// <returns>True when what the file holds is in use; false when it was refused.</returns>
    public bool TryReload() => _files.TryReload();

    /// <summary>
    /// Makes the policy for one handshake: these roots and no others, no download of any kind.
    /// Revocation is not checked: use short-lived certificates, or replace the authority.
    /// </summary>
    /// <param name="usage">What the certificate must be good for: 1.3.6.1.5.5.7.3.2 for clients, 1.3.6.1.5.5.7.3.1 for servers.</param>
    /// <returns>A policy of the caller's own; handshakes change it.</returns>
    public X509ChainPolicy CreateChainPolicy(Oid usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,

            // Otherwise an unauthenticated peer could name an address for us to fetch.
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(usage);
        Authorities current = _files.Current;
        policy.CustomTrustStore.AddRange(current.Roots);
        policy.ExtraStore.AddRange(current.Intermediates);
        return policy;
    }

    /// <summary>Ends the watching. The authorities stay usable.</summary>
    public void Dispose() => _files.Dispose();

    private static Authorities Parse(string path, byte[] content)
    {
        X509Certificate2Collection all = [];
        all.ImportFromPem(Encoding.UTF8.GetString(content));
        ILookup<bool, X509Certificate2> isRoot = all.ToLookup(certificate => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData));
        return isRoot[true].Any()
            ? new Authorities([.. isRoot[true]], [.. isRoot[false]])
            : throw new CryptographicException($"{path} holds no root certificate.");
    }

    private sealed record Authorities(X509Certificate2[] Roots, X509Certificate2[] Intermediates);
}
