// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Cagent.ExtAuthz.Signing;

/// <summary>
/// The one spelling in which AWS compares paths and queries: letters, digits, <c>-</c>, <c>_</c>, <c>.</c> and <c>~</c> as they are, every
/// other byte as <c>%XX</c> in upper case. No I/O; thread safe.
/// </summary>
internal static class AwsEncoding
{
    /// <summary>A path as it travels, encoded once more: what every service but S3 compares. Slashes stay.</summary>
    public static string OfPath(string path) => Encode(Encoding.UTF8.GetBytes(path), keepSlash: true);

    /// <summary>A path decoded and encoded: what S3 compares. Null for an escape that is none.</summary>
    public static string? OfObjectPath(string path) => TryDecode(path, out byte[] bytes) ? Encode(bytes, keepSlash: true) : null;

    /// <summary>A query (without <c>?</c>) decoded, encoded, and sorted by name and then value. Null for an escape that is none.</summary>
    public static string? OfQuery(string query)
    {
        List<(string Name, string Value)> parameters = [];
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (!TryDecode(equals < 0 ? part : part[..equals], out byte[] name) || !TryDecode(equals < 0 ? "" : part[(equals + 1)..], out byte[] value))
            {
                return null;
            }

            parameters.Add((Encode(name, keepSlash: false), Encode(value, keepSlash: false)));
        }

        // By the encoded name: as one text "a=" would come after "a-b=".
        return string.Join('&', parameters.OrderBy(one => one.Name, StringComparer.Ordinal).ThenBy(one => one.Value, StringComparer.Ordinal).Select(one => $"{one.Name}={one.Value}"));
    }

    private static bool TryDecode(string text, out byte[] bytes)
    {
        byte[] encoded = Encoding.UTF8.GetBytes(text);
        int length = 0;
        bytes = [];
        for (int i = 0; i < encoded.Length; i++)
        {
            byte one = encoded[i];
            if (one == '%')
            {
                if (i + 2 >= encoded.Length || !byte.TryParse(encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out one))
                {
                    return false;
                }

                i += 2;
            }

            encoded[length++] = one; // never ahead of what is read
        }

        bytes = encoded[..length];
        return true;
    }

    private static string Encode(byte[] bytes, bool keepSlash)
    {
        StringBuilder text = new(bytes.Length + 16);
        foreach (byte one in bytes)
        {
            char character = (char)one;
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '~' || (keepSlash && character == '/'))
            {
                text.Append(character);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
            }
        }

        return text.ToString();
    }
}
