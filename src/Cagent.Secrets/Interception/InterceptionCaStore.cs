// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.ControlPlane.Unix;
using Microsoft.Extensions.Logging;

namespace Cagent.Secrets.Interception;

/// <summary>
/// The interception CA in <c>&lt;state&gt;/pki</c>: <c>ca.crt</c> and <c>ca.key</c> issue; <c>ca-next.crt</c> and
/// <c>ca-previous.crt</c>, where present, are trusted as well, so that the CA can be rotated without an agent losing its trust.
/// </summary>
public sealed class InterceptionCaStore
{
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger<InterceptionCaStore> _logger;

    /// <summary>Names the state folder; nothing is read or written yet.</summary>
    public InterceptionCaStore(string stateFolder, TimeProvider time, ILogger<InterceptionCaStore> logger)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateFolder);
        _folder = Path.Combine(Path.GetFullPath(stateFolder), "pki");
        _time = time;
        _logger = logger;
    }

    /// <summary>Reads the CA, or makes it on the first start. An existing key is never overwritten.</summary>
    /// <exception cref="InterceptionCaException">A file is unsafe, unreadable, expired or does not match its pair.</exception>
    public InterceptionCa OpenOrCreate()
    {
        PrivateFolder.Create(_folder);
        CaFiles.CheckFolder(_folder);
        CaPromotion.Finish(_folder);
        AsymmetricAlgorithm key = OpenOrCreateKey("ca");
        try
        {
            X509Certificate2 certificate = OpenOrCreateCertificate("ca", key);
            return new InterceptionCa(certificate, key, CaFiles.ReadChain(PathOf("ca.crt")), ReadOtherTrusted());
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Makes <c>ca-next</c>, unless it exists: the first step of a rotation. It is trusted from the next start on and issues nothing.</summary>
    /// <exception cref="InterceptionCaException">A file is unsafe, unreadable, expired or does not match its pair.</exception>
    public void PrepareNext()
    {
        PrivateFolder.Create(_folder);
        CaFiles.CheckFolder(_folder);
        using AsymmetricAlgorithm key = OpenOrCreateKey("ca-next");
        OpenOrCreateCertificate("ca-next", key).Dispose();
    }

    private AsymmetricAlgorithm OpenOrCreateKey(string name)
    {
        string keyPath = PathOf($"{name}.key");
        string certificatePath = PathOf($"{name}.crt");
        if (!File.Exists(keyPath) && File.Exists(certificatePath))
        {
            throw new InterceptionCaException(
                $"key {keyPath} is missing although {certificatePath} exists; restore the key, or move the certificate away to start with a new CA that agents have to trust anew");
        }
        if (!File.Exists(keyPath))
        {
            using ECDsa fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            CaFiles.TryWriteKey(keyPath, fresh);
        }
        // Read back in any case: another process may have been first, and what is on disk is what counts.
        return CaFiles.ReadKey(keyPath);
    }

    private X509Certificate2 OpenOrCreateCertificate(string name, AsymmetricAlgorithm key)
    {
        string path = PathOf($"{name}.crt");
        DateTimeOffset now = _time.GetUtcNow();
        if (!File.Exists(path))
        {
            // A key alone is a first start that was cut short between the two writes.
            using X509Certificate2 made = CaCertificateFactory.Create(
                key as ECDsa ?? throw new InterceptionCaException($"certificate {path} is missing although its key, which Cagent did not make, is there; restore it from a backup"), now);
            CaFiles.WriteCertificate(path, made);
            SecretsLog.CaCreated(_logger, path, made.Subject, Fingerprint(made), made.NotAfter.ToUniversalTime());
        }
        X509Certificate2 certificate = CaFiles.ReadCertificate(path);
        try
        {
            CaFiles.CheckTime(certificate, path, now);
            CaFiles.CheckPair(certificate, key, path, PathOf($"{name}.key"));
        }
        catch
        {
            certificate.Dispose();
            throw;
        }
        SecretsLog.CaOpened(_logger, path, certificate.Subject, Fingerprint(certificate), certificate.NotAfter.ToUniversalTime());
        return certificate;
    }

    private ImmutableArray<X509Certificate2> ReadOtherTrusted()
    {
        ImmutableArray<X509Certificate2>.Builder trusted = ImmutableArray.CreateBuilder<X509Certificate2>();
        foreach (string path in new[] { PathOf("ca-next.crt"), PathOf("ca-previous.crt") }.Where(File.Exists))
        {
            X509Certificate2 certificate = CaFiles.ReadCertificate(path);
            if (_time.GetUtcNow() < certificate.NotAfter)
            {
                trusted.Add(certificate);
                trusted.AddRange(CaFiles.ReadChain(path));
                continue;
            }
            // Trusting it serves nobody any more, and refusing to start over it would serve nobody either.
            SecretsLog.TrustedCaExpired(_logger, path);
            certificate.Dispose();
        }
        return trusted.ToImmutable();
    }

    private string PathOf(string file) => Path.Combine(_folder, file);

    private static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);
}
