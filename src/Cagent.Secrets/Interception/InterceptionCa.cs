// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
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
    private readonly ECDsa _key;

    internal InterceptionCa(X509Certificate2 certificate, ECDsa key, ImmutableArray<X509Certificate2> otherTrusted)
    {
        Certificate = certificate;
        _key = key;
        Trusted = [certificate, .. otherTrusted];
        CertificatePem = certificate.ExportCertificatePem() + "\n";
    }

    /// <summary>The certificate that issues, without its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate that issues, as PEM with a line end.</summary>
    public string CertificatePem { get; }

    /// <summary>Every CA that agents must trust: the issuing one first, then the next and the previous one while a rotation is under way.</summary>
    public ImmutableArray<X509Certificate2> Trusted { get; }

    /// <summary>Signs a certificate request as this CA; the caller has decided what stands in it.</summary>
    internal X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter, ReadOnlySpan<byte> serial)
    {
        // An ECDsa object is not safe for two threads; signing takes some 0.1 ms.
        lock (_gate)
        {
            return request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), notBefore, notAfter, serial);
        }
    }

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
