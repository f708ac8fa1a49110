// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.Secrets.Interception;

/// <summary>A CA of the user's own, root or intermediate, that has passed every check. Its key is in memory until it is disposed.</summary>
public sealed class CaImport : IDisposable
{
    private const int MinRsaBits = 2048;

    private CaImport(X509Certificate2 certificate, AsymmetricAlgorithm key, ImmutableArray<X509Certificate2> chain)
    {
        Certificate = certificate;
        Key = key;
        Chain = chain;
    }

    /// <summary>The certificate that will issue.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Those above it, its root last; empty for a root.</summary>
    public ImmutableArray<X509Certificate2> Chain { get; }

    /// <summary>Whether it may sign for some names only (RFC 5280 4.2.1.10): clients refuse all others.</summary>
    public bool HasNameConstraints => Chain.Add(Certificate).Any(one => one.Extensions["2.5.29.30"] is not null);

    internal AsymmetricAlgorithm Key { get; }

    /// <summary>Reads and checks the files.</summary>
    /// <param name="certificatePath">PEM; what stands behind the first certificate belongs to the chain.</param>
    /// <param name="keyPath">PEM, not encrypted, readable by its owner alone.</param>
    /// <param name="chainPath">PEM with the certificates above, in any order; null when the first file has them or it is a root.</param>
    /// <param name="now">Every certificate must be valid at this moment.</param>
    /// <exception cref="InterceptionCaException">Something does not do; the message says what, and what to give instead.</exception>
    public static CaImport Read(string certificatePath, string keyPath, string? chainPath, DateTimeOffset now)
    {
        ImmutableArray<X509Certificate2> all = [.. ReadCertificates(certificatePath), .. chainPath is null ? [] : ReadCertificates(chainPath)];
        X509Certificate2 certificate = all[0];
        CheckAuthority(certificate, certificatePath);
        CaFiles.CheckTime(certificate, certificatePath, now, $"certificate {certificatePath} has expired; give one that is valid");
        AsymmetricAlgorithm key = ReadKey(keyPath);
        try
        {
            if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            {
                throw new InterceptionCaException($"key {keyPath} does not belong to certificate {certificatePath}; give the key of that certificate");
            }
            CheckStrength(key, keyPath);
            ImmutableArray<X509Certificate2> chain = Order(certificate, all[1..], certificatePath);
            CheckTrial(certificate, key, chain, now);
            return new CaImport(certificate, key, chain);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Releases the key.</summary>
    public void Dispose() => Key.Dispose();

    private static ImmutableArray<X509Certificate2> ReadCertificates(string path)
    {
        try
        {
            X509Certificate2Collection all = [];
            all.ImportFromPemFile(path);
            return all.Count > 0 ? [.. all] : throw new InterceptionCaException($"{path} holds no certificate in PEM; convert it, for example with: openssl x509 -inform der -in {path}");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InterceptionCaException($"certificate {path} cannot be read: {e.Message}", e);
        }
    }

    private static AsymmetricAlgorithm ReadKey(string path)
    {
        try
        {
            return CaFiles.ReadKey(path);
        }
        catch (InterceptionCaException e) when (e.InnerException is ArgumentException or CryptographicException)
        {
            throw new InterceptionCaException($"key {path} is not an unencrypted EC or RSA private key in PEM; convert it with: (umask 077; openssl pkey -in {path} -out plain.key)", e);
        }
    }

    private static void CheckAuthority(X509Certificate2 certificate, string path)
    {
        if (!CaFiles.IsAuthority(certificate))
        {
            throw new InterceptionCaException($"certificate {path} is not a certificate authority that may sign; it needs basicConstraints CA:TRUE and keyUsage keyCertSign");
        }
        // Python 3.13 and others that check strictly refuse an authority without either (RFC 5280 4.2.1.2 and 4.2.1.3).
        if (!certificate.Extensions.OfType<X509KeyUsageExtension>().Any())
        {
            throw new InterceptionCaException($"certificate {path} has no key usage, which strict clients refuse; it needs keyUsage keyCertSign");
        }
        if (!certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any())
        {
            throw new InterceptionCaException($"certificate {path} has no subject key identifier, which strict clients refuse; issue it with subjectKeyIdentifier=hash");
        }
    }

    private static void CheckStrength(AsymmetricAlgorithm key, string path)
    {
        if (key is RSA && key.KeySize < MinRsaBits)
        {
            throw new InterceptionCaException($"key {path} is RSA of {key.KeySize} bits, which clients refuse; use {MinRsaBits} or more, or ECDSA P-256");
        }
    }

    /// <summary>From the authority to its root, by issuer. Agents must trust a root: many clients accept no chain that ends below one.</summary>
    private static ImmutableArray<X509Certificate2> Order(X509Certificate2 certificate, ImmutableArray<X509Certificate2> above, string path)
    {
        List<X509Certificate2> chain = [];
        X509Certificate2 last = certificate;
        while (!InterceptionCa.IsSelfSigned(last))
        {
            X509Certificate2? issuer = above.FirstOrDefault(one => !chain.Contains(one) && one.SubjectName.RawData.AsSpan().SequenceEqual(last.IssuerName.RawData));
            if (issuer is null)
            {
                throw new InterceptionCaException($"certificate {path} is an intermediate, and its chain stops at \"{last.Issuer}\"; give the certificates up to the root with --chain FILE");
            }
            chain.Add(issuer);
            last = issuer;
        }
        return [.. chain];
    }

    /// <summary>Signs a leaf and asks what a client would say: signatures, times, path lengths and purposes of the whole chain in one go.</summary>
    private static void CheckTrial(X509Certificate2 certificate, AsymmetricAlgorithm key, ImmutableArray<X509Certificate2> chain, DateTimeOffset now)
    {
        // Not disposed: it would take the key and the certificate with it.
        InterceptionCa trial = new(certificate, key, chain, []);
        using ECDsa leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=trial", leafKey, HashAlgorithmName.SHA256);
        using X509Certificate2 leaf = trial.Sign(request, Later(now.AddMinutes(-1), certificate.NotBefore), Sooner(now.AddMinutes(1), certificate.NotAfter), CertificateSerial.Next());
        using X509Chain verification = new();
        verification.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        verification.ChainPolicy.CustomTrustStore.Add(chain.IsEmpty ? certificate : chain[^1]);
        verification.ChainPolicy.ExtraStore.AddRange(chain.Add(certificate).ToArray());
        verification.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        verification.ChainPolicy.DisableCertificateDownloads = true;
        verification.ChainPolicy.VerificationTime = now.UtcDateTime;
        verification.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        // Which names it may sign is the client's to say, for each leaf.
        const X509ChainStatusFlags Names = X509ChainStatusFlags.HasNotPermittedNameConstraint | X509ChainStatusFlags.HasExcludedNameConstraint | X509ChainStatusFlags.HasNotDefinedNameConstraint;
        if (!verification.Build(leaf) && verification.ChainStatus.Where(status => (status.Status & ~Names) != 0).ToArray() is { Length: > 0 } problems)
        {
            throw new InterceptionCaException($"clients would refuse certificates that this CA signs: {string.Join("; ", problems.Select(problem => problem.StatusInformation.Trim()).Distinct())}");
        }
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Sooner(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
