// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>The identity in a client certificate that the handshake has verified.</summary>
internal static class PeerIdentity
{
    private const string CommonName = "x509_common_name";
    private const string AlternativeName = "x509_subject_alternative_name";

    private static readonly AuthContext s_anonymous = new(null, []);

    public static AuthContext From(X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return s_anonymous;
        }

        List<AuthProperty> names = [];
        foreach (X509SubjectAlternativeNameExtension extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(extension.EnumerateDnsNames().Select(name => Property(AlternativeName, name)));
        }

        string commonName = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        Dictionary<string, List<AuthProperty>> properties = new(StringComparer.Ordinal)
        {
            [CommonName] = [Property(CommonName, commonName)],
            [AlternativeName] = names,
        };
        return new AuthContext(names.Count > 0 ? AlternativeName : CommonName, properties);
    }

    private static AuthProperty Property(string name, string value) => AuthProperty.Create(name, Encoding.UTF8.GetBytes(value));
}
