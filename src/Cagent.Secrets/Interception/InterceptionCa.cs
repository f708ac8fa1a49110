// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.Secrets.Interception;

/// <summary>
/// The certificate authority that agents trust and that signs the leaf of every intercepted name. Its key never leaves this type.
/// Thread safe.
/// </summary>
public sealed class InterceptionCa : IDisposable
{
    private readonly Lock _gate = new();
    private readonly AsymmetricAlgorithm _key;

    internal InterceptionCa(X509Certificate2 certificate, AsymmetricAlgorithm key, ImmutableArray<X509Certificate2> chain, ImmutableArray<X509Certificate2> otherTrusted)
    {
        Certificate = certificate;
        _key = key;
        Trusted = [certificate, .. chain, .. otherTrusted];
        CertificatePem = certificate.ExportCertificatePem() + "\n";
        // A root behind an intermediate is the agent's own; sending it would be some hundred bytes in each handshake for nothing.
        SentPem = CertificatePem + string.Concat(chain.Where(one => !IsSelfSigned(one)).Select(one => one.ExportCertificatePem() + "\n"));
    }

    /// <summary>The certificate that issues, without its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate that issues, as PEM with a line end.</summary>
    public string CertificatePem { get; }

    /// <summary>What is sent behind each leaf: the certificate that issues and, when that is an intermediate, those between it and its root.</summary>
    public string SentPem { get; }

    /// <summary>
    /// Every CA that agents must trust: the issuing one first, then those above it, then the next and the previous one while a rotation
    /// is under way.
    /// </summary>
    public ImmutableArray<X509Certificate2> Trusted { get; }

    /// <summary>Signs a certificate request as this CA; the caller has decided what stands in it.</summary>
    internal X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter, ReadOnlySpan<byte> serial)
    {
        // An ECDsa object is not safe for two threads; signing takes some 0.1 ms.
        lock (_gate)
        {
            return request.Create(Certificate.SubjectName, Generator(), notBefore, notAfter, serial);
        }
    }

    internal static bool IsSelfSigned(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private X509SignatureGenerator Generator() => _key switch
    {
        ECDsa ec => X509SignatureGenerator.CreateForECDsa(ec),
        RSA rsa => X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1),
        _ => throw new UnreachableException(),
    };

    /// <summary>Releases the key.</summary>
    public void Dispose()
    {
        _key.Dispose();
        foreach (X509Certificate2 certificate in Trusted)
        {
            certificate.Dispose();
        }
    }
}
