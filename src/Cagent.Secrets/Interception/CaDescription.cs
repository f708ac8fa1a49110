// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.Secrets.Interception;

/// <summary>One CA as it may be shown to anybody.</summary>
/// <param name="Role"><c>signing</c>, <c>next</c> or <c>previous</c>.</param>
/// <param name="File">Its certificate.</param>
/// <param name="Subject">The subject's distinguished name.</param>
/// <param name="Issuer">The issuer's; the subject's own for a root.</param>
/// <param name="Sha256">The fingerprint, as openssl prints it.</param>
/// <param name="Key">The kind of its key.</param>
/// <param name="NotBefore">Begin of validity, UTC.</param>
/// <param name="NotAfter">End of validity, UTC.</param>
/// <param name="Chain">The subjects above it, up to the root; empty for a root.</param>
public sealed record CaDescription(
    string Role, string File, string Subject, string Issuer, string Sha256, string Key, DateTimeOffset NotBefore, DateTimeOffset NotAfter, ImmutableArray<string> Chain)
{
    internal static CaDescription Of(string role, string path, X509Certificate2 certificate, ImmutableArray<string> chain) => new(
        role, path, certificate.Subject, certificate.Issuer, Fingerprint(certificate), KeyOf(certificate),
        certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime(), chain);

    private static string Fingerprint(X509Certificate2 certificate) =>
        string.Join(':', certificate.GetCertHash(HashAlgorithmName.SHA256).Select(one => one.ToString("X2", CultureInfo.InvariantCulture)));

    private static string KeyOf(X509Certificate2 certificate)
    {
        using ECDsa? ec = certificate.GetECDsaPublicKey();
        using RSA? rsa = certificate.GetRSAPublicKey();
        return string.Create(CultureInfo.InvariantCulture, $"{(ec is null ? "RSA" : "ECDSA")} {ec?.KeySize ?? rsa?.KeySize} bits");
    }
}
