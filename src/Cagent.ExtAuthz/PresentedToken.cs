// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Cagent.ControlPlane.Credentials;

namespace Cagent.ExtAuthz;

/// <summary>What an agent presents to the proxy: <c>Basic</c> with the token as password, or <c>Bearer</c>. Holds the token's digest only.</summary>
/// <param name="User">The user's name of <c>Basic</c>; empty when there is none.</param>
/// <param name="Digest">The SHA-256 of the token.</param>
internal sealed record PresentedToken(string User, ReadOnlyMemory<byte> Digest)
{
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    // Longer than any token may be, in base64 and with a name before it.
    private const int MaxLength = 100_000;

    /// <summary>Reads a header; false for anything but one credential of one of the two schemes.</summary>
    public static bool TryParse(Secret header, [NotNullWhen(true)] out PresentedToken? presented)
    {
        string text = header.Reveal();
        presented = text.Length > MaxLength ? null
            : text.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) ? ReadBasic(text[Basic.Length..].Trim())
            : text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? Of("", Encoding.Latin1.GetBytes(text[Bearer.Length..].Trim()))
            : null;
        return presented is not null;
    }

    private static PresentedToken? ReadBasic(string encoded)
    {
        byte[] bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out int length))
        {
            return null;
        }

        int colon = bytes.AsSpan(0, length).IndexOf((byte)':');
        PresentedToken? token = colon < 0 ? null : Of(Encoding.Latin1.GetString(bytes, 0, colon), bytes.AsSpan(colon + 1, length - colon - 1));
        CryptographicOperations.ZeroMemory(bytes);
        return token;
    }

    private static PresentedToken? Of(string user, ReadOnlySpan<byte> token) => token.IsEmpty ? null : new PresentedToken(user, SHA256.HashData(token));
}
