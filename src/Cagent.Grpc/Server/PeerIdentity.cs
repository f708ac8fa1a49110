// SPDX-License-Identifier: Apache-2.0
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>The identity in a client certificate that the handshake has verified, as a call's context tells it.</summary>
public static class PeerIdentity
{
    private const string CommonName = "x509_common_name";
    private const string AlternativeName = "x509_subject_alternative_name";
    private const string AlternativeNameExtension = "2.5.29.17";

    // The choices of GeneralName (RFC 5280, section 4.2.1.6) that are names of a peer.
    private static readonly Asn1Tag s_email = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag s_dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag s_uri = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag s_ipAddress = new(TagClass.ContextSpecific, 7);

    private static readonly AuthContext s_anonymous = new(null, []);

    /// <summary>Reads the names of a certificate; the identity of nobody for null, and for names that cannot be read.</summary>
    public static AuthContext From(X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return s_anonymous;
        }

        List<AuthProperty> names = [];
        if (certificate.Extensions[AlternativeNameExtension] is { } extension && !TryReadAlternativeNames(extension.RawData, names))
        {
            return s_anonymous;
        }

        string commonName = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        Dictionary<string, List<AuthProperty>> properties = new(StringComparer.Ordinal)
        {
            [CommonName] = [Property(CommonName, commonName)],
            [AlternativeName] = names,
        };
        return new AuthContext(names.Count > 0 ? AlternativeName : CommonName, properties);
    }

    /// <summary>By hand: the framework's reader leaves out URIs, which workload identities are.</summary>
    private static bool TryReadAlternativeNames(byte[] extension, List<AuthProperty> names)
    {
        try
        {
            AsnReader sequence = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (sequence.HasData)
            {
                Asn1Tag tag = sequence.PeekTag();
                if (tag == s_dns || tag == s_uri || tag == s_email)
                {
                    names.Add(Property(AlternativeName, sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
                }
                else if (tag == s_ipAddress && sequence.ReadOctetString(tag) is { Length: 4 or 16 } address)
                {
                    names.Add(Property(AlternativeName, new IPAddress(address).ToString()));
                }
                else if (tag != s_ipAddress)
                {
                    sequence.ReadEncodedValue();
                }
            }

            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static AuthProperty Property(string name, string value) => AuthProperty.Create(name, Encoding.UTF8.GetBytes(value));
}
