// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.Secrets.Tests.Support;

/// <summary>A CA as an enterprise would have one, with every property that a test wants to get wrong. Disposing releases the key.</summary>
internal sealed class Authority : IDisposable
{
    private Authority(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        Certificate = certificate;
        Key = key;
    }

    public X509Certificate2 Certificate { get; }

    public AsymmetricAlgorithm Key { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    public string KeyPem => Key.ExportPkcs8PrivateKeyPem() + "\n";

    public static Authority Create(string name, Authority? issuer = null, AuthorityShape? shape = null)
    {
        shape ??= new AuthorityShape();
        AsymmetricAlgorithm key = shape.Key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = key is RSA rsa
            ? new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={name}", (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(shape.IsAuthority, shape.PathLength is not null, shape.PathLength ?? 0, critical: true));
        if (shape.Usage is { } usage)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        }
        if (shape.HasKeyId)
        {
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        }
        if (shape.Extension is { } extension)
        {
            request.CertificateExtensions.Add(extension);
        }
        DateTimeOffset notBefore = shape.Now.AddDays(-1);
        AsymmetricAlgorithm signer = issuer?.Key ?? key;
        X509SignatureGenerator generator = signer is RSA signing ? X509SignatureGenerator.CreateForRSA(signing, RSASignaturePadding.Pkcs1) : X509SignatureGenerator.CreateForECDsa((ECDsa)signer);
        return new Authority(request.Create(issuer?.Certificate.SubjectName ?? request.SubjectName, generator, notBefore, notBefore + shape.Lifetime, RandomNumberGenerator.GetBytes(8)), key);
    }

    public void Dispose()
    {
        Key.Dispose();
        Certificate.Dispose();
    }
}

/// <summary>How a CA is made; the defaults are right.</summary>
internal sealed record AuthorityShape
{
    public AsymmetricAlgorithm? Key { get; init; }

    public bool IsAuthority { get; init; } = true;

    public int? PathLength { get; init; }

    public X509KeyUsageFlags? Usage { get; init; } = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;

    public bool HasKeyId { get; init; } = true;

    public X509Extension? Extension { get; init; }

    public DateTimeOffset Now { get; init; } = TimeProvider.System.GetUtcNow();

    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(365);
}
