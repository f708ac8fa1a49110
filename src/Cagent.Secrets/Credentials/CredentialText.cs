// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Credentials;

/// <summary>
/// What may be a credential's value: 1 to 65536 printable ASCII characters after trimming.
/// Anything else could end a header early (CR, LF, NUL) or be re-encoded on its way, so it is refused; no message repeats any of it.
/// </summary>
internal static class CredentialText
{
    /// <summary>The longest value in bytes, surrounding white space included.</summary>
    public const int MaxBytes = 64 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Checks a value; <paramref name="source"/> is how messages call the place it came from.</summary>
    public static CredentialReading Parse(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.Length > MaxBytes)
        {
            return CredentialReading.Unavailable($"{source} is larger than 64 KiB");
        }
        if (bytes.StartsWith(ByteOrderMark))
        {
            return CredentialReading.Unavailable($"{source} starts with a byte order mark; save it as plain ASCII");
        }
        ReadOnlySpan<byte> value = bytes.Trim(" \t\r\n"u8);
        if (value.IsEmpty)
        {
            return CredentialReading.Unavailable($"{source} is empty");
        }
        return value.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E)
            ? CredentialReading.Unavailable($"{source} holds a line break, a control character or a character outside ASCII")
            : CredentialReading.Available(new Secret(Encoding.ASCII.GetString(value)));
    }
}
