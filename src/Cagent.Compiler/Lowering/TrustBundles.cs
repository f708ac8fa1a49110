// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace Cagent.Compiler.Lowering;

/// <summary>The CAs of trust domains.</summary>
internal static class TrustBundles
{
    /// <summary>Whether a CA of a trust domain is not trusted any more: whoever it let in must come again.</summary>
    public static bool HasLost(EgressIr before, EgressIr after, string trustDomain) =>
        Certificates(before, trustDomain).Except(Certificates(after, trustDomain), StringComparer.Ordinal).Any();

    private static List<string> Certificates(EgressIr ir, string trustDomain)
    {
        List<string> found = [];
        ReadOnlySpan<char> text = ir.TrustBundles.TryGetValue(trustDomain, out ByteString? bundle) ? Encoding.UTF8.GetString(bundle.Span) : "";
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            // Without its line breaks, of which there are several kinds.
            found.Add(string.Concat(text[fields.Base64Data].ToString().Where(c => !char.IsWhiteSpace(c))));
            text = text[fields.Location.End..];
        }

        return found;
    }
}
