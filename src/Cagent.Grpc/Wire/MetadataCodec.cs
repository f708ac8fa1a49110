// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Text;
using System.Collections.Frozen;
using Grpc.Core;
using Microsoft.Extensions.Primitives;

namespace Cagent.Grpc.Wire;

/// <summary>Metadata to header values and back, without an opinion on which header collection holds them.</summary>
internal static class MetadataCodec
{
    private const string ReservedPrefix = "grpc-";

    // Read or set by handlers in spite of the reserved prefix: rich errors (google.rpc.Status), and what retries need (gRFC A6).
    private static readonly FrozenSet<string> s_openHeaders = FrozenSet.ToFrozenSet(
        ["grpc-status-details-bin", "grpc-retry-pushback-ms", "grpc-previous-rpc-attempts"], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> s_transportHeaders = FrozenSet.ToFrozenSet(
        ["content-type", "content-length", "te", "host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "trailer"],
        StringComparer.OrdinalIgnoreCase);

    // The decoder skips it, which would make the length and so the padding wrong.
    private static readonly SearchValues<char> s_whiteSpace = SearchValues.Create(" \t\r\n");

    /// <summary>Whether a header belongs to the protocol and not to the user's metadata.</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith(':')
        || s_transportHeaders.Contains(name)
        || (name.StartsWith(ReservedPrefix, StringComparison.OrdinalIgnoreCase) && !s_openHeaders.Contains(name));

    /// <summary>The header value of an entry.</summary>
    /// <exception cref="ArgumentException">The key is reserved, or the text is not printable ASCII.</exception>
    public static string EncodeValue(Metadata.Entry entry)
    {
        if (IsReserved(entry.Key))
        {
            throw new ArgumentException($"The metadata key \"{entry.Key}\" is reserved for the protocol.", nameof(entry));
        }

        if (entry.IsBinary)
        {
            return Convert.ToBase64String(entry.ValueSpan).TrimEnd('=');
        }

        if (entry.Value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"The value of the metadata key \"{entry.Key}\" is not printable ASCII; use a \"-bin\" key.", nameof(entry));
        }

        return entry.Value;
    }

    /// <summary>Adds the entries of one received header, unless it belongs to the protocol.</summary>
    /// <exception cref="FormatException">The value of a binary header is not base64.</exception>
    public static void Decode(string name, StringValues values, Metadata metadata)
    {
        string key = name.ToLowerInvariant();
        if (IsReserved(key) || !Metadata.Entry.IsValidKey(key))
        {
            return;
        }

        foreach (string? value in values)
        {
            if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
            {
                metadata.Add(key, value ?? "");
                continue;
            }

            // A proxy may have joined several values with commas.
            ReadOnlySpan<char> joined = value;
            foreach (Range part in joined.Split(','))
            {
                metadata.Add(key, DecodeBase64(joined[part].Trim()));
            }
        }
    }

    private static byte[] DecodeBase64(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> unpadded = text.TrimEnd('=');
        int padding = (4 - (unpadded.Length % 4)) % 4;
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(unpadded.Length + padding)];
        if (unpadded.ContainsAny(s_whiteSpace) || !Convert.TryFromBase64String(string.Concat(unpadded, "===".AsSpan(0, padding)), bytes, out int written))
        {
            throw new FormatException("The value of a binary header is not base64.");
        }

        return bytes.AsSpan(0, written).ToArray();
    }
}
