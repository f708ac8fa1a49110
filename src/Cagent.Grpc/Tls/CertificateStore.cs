// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Tls;

/// <summary>
/// A certificate with its key and chain, read from PEM files and read again when they change: new handshakes use the new pair, open connections go on.
/// A new pair that is broken (unreadable, not matching, expired) is refused: the old one stays in use, and the log (event 1031)
/// and the metric <c>rpc.tls.reloads</c> tell. Swapped symbolic links, as Kubernetes mounts secrets, are changes too. Thread-safe.
/// Dispose it after everything that uses it.
/// </summary>
public sealed class CertificateStore : IDisposable
{
    private readonly ReloadingFiles<Pair> _files;
    private readonly TimeProvider _time;

    private CertificateStore(string certificatePath, string keyPath, ILogger logger, TimeProvider time, TimeSpan interval)
    {
        _time = time;
        _files = new ReloadingFiles<Pair>("Certificate", [certificatePath, keyPath], contents => Parse(certificatePath, contents), interval, logger, time);
    }

    /// <summary>The pair in use, with its intermediate certificates.</summary>
    public SslStreamCertificateContext Current => _files.Current.Context;

    /// <summary>When the certificate in use expires, in UTC.</summary>
    public DateTimeOffset NotAfter => _files.Current.NotAfter;

    /// <summary>Reads a pair and watches its files.</summary>
    /// <param name="certificatePath">A PEM file: the certificate, then its intermediate certificates.</param>
    /// <param name="keyPath">A PEM file with the unencrypted private key; may be the same file.</param>
    /// <param name="loggerFactory">Takes the reports about reloads.</param>
    /// <param name="timeProvider">The clock of the checks and of expiry.</param>
    /// <param name="checkInterval">Time between two looks at the files. Default: 2 s.</param>
    /// <returns>The store.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">There is no certificate, it is not valid now, or the key is not its key.</exception>
    public static CertificateStore Open(
        string certificatePath, string keyPath, ILoggerFactory loggerFactory, TimeProvider timeProvider, TimeSpan? checkInterval = null)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        return new CertificateStore(
            certificatePath, keyPath, loggerFactory.CreateLogger<CertificateStore>(), timeProvider, checkInterval ?? TimeSpan.FromSeconds(2));
    }

    /// <summary>Looks at the files now, for instance after a signal.</summary>
    /// <returns>True when what the files hold is in use; false when it was refused.</returns>
    public bool TryReload() => _files.TryReload();

    /// <summary>Ends the watching. The pair stays usable.</summary>
    public void Dispose() => _files.Dispose();

    private Pair Parse(string path, byte[][] contents)
    {
        char[] key = Encoding.UTF8.GetChars(contents[1]);
        try
        {
            string certificates = Encoding.UTF8.GetString(contents[0]);
            X509Certificate2Collection chain = [];
            chain.ImportFromPem(certificates);
            if (chain.Count == 0)
            {
                throw new CryptographicException($"{path} holds no certificate.");
            }

            // Checks that the key belongs to the certificate.
            X509Certificate2 leaf = Portable(X509Certificate2.CreateFromPem(certificates, key));
            DateTime now = _time.GetUtcNow().UtcDateTime;
            if (leaf.NotAfter.ToUniversalTime() <= now || leaf.NotBefore.ToUniversalTime() > now)
            {
                throw new CryptographicException($"The certificate in {path} is valid from {leaf.NotBefore.ToUniversalTime():u} to {leaf.NotAfter.ToUniversalTime():u}, not now.");
            }

            // Offline: a handshake never waits for a download that the certificate asks for.
            return new Pair(SslStreamCertificateContext.Create(leaf, chain, offline: true), leaf.NotAfter);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException($"The key does not belong to the certificate in {path}.", e);
        }
        finally
        {
            Array.Clear(key);
        }
    }

    // Windows uses a key only when it is in a key store.
    private static X509Certificate2 Portable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
    }

    private sealed record Pair(SslStreamCertificateContext Context, DateTimeOffset NotAfter);
}
