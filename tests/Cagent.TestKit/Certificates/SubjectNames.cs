// SPDX-License-Identifier: Apache-2.0
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.TestKit.Certificates;

/// <summary>Builds the subject alternative names by hand, because the framework's builder refuses the names that attacks need (NUL, spaces).</summary>
internal static class SubjectNames
{
    private const string Identifier = "2.5.29.17";
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag IpAddress = new(TagClass.ContextSpecific, 7);

    public static X509Extension Build(IEnumerable<string> names)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (string name in names)
            {
                if (IPAddress.TryParse(name, out IPAddress? address))
                {
                    writer.WriteOctetString(address.GetAddressBytes(), IpAddress);
                }
                else
                {
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, name, name.Contains("://", StringComparison.Ordinal) ? Uri : DnsName);
                }
            }
        }

        return new X509Extension(Identifier, writer.Encode(), critical: false);
    }
}
