// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.Secrets.Interception;

/// <summary>Makes the self-signed certificate of an interception CA. Why it has no name constraints: docs/decisions/0002-interception-ca.md.</summary>
internal static class CaCertificateFactory
{
    private const int LifetimeYears = 10;

    // Clocks of agents may be behind.
    private static readonly TimeSpan Backdating = TimeSpan.FromHours(1);

    /// <summary>Certifies a key. The subject follows from the key, so a certificate made again for the same key continues the old one.</summary>
    public static X509Certificate2 Create(ECDsa key, DateTimeOffset now)
    {
        X509SubjectKeyIdentifierExtension keyId = new(new PublicKey(key), critical: false);
        X500DistinguishedName subject = new($"CN=Cagent interception CA {keyId.SubjectKeyIdentifier![..8].ToLowerInvariant()}");
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(keyId);
        DateTimeOffset notBefore = now - Backdating;
        return request.Create(subject, X509SignatureGenerator.CreateForECDsa(key), notBefore, notBefore.AddYears(LifetimeYears), CertificateSerial.Next());
    }
}
