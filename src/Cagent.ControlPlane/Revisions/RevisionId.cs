// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Cagent.ControlPlane.Revisions;

/// <summary>A revision's name: the SHA-256 of its content as 64 lower-case hex digits, so that replicas and restarts agree on it.</summary>
public sealed record RevisionId
{
    /// <summary>Digits of the full form.</summary>
    public const int Length = SHA256.HashSizeInBytes * 2;

    /// <summary>Digits of the short form.</summary>
    public const int ShortLength = 12;

    private const int MaxPiece = 8192;

    private readonly string _hex;

    private RevisionId(string hex) => _hex = hex;

    /// <summary>The first 12 digits, for people.</summary>
    public string ShortForm => _hex[..ShortLength];

    /// <summary>The name of a content.</summary>
    public static RevisionId Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)));

    /// <summary>The name of a text, as UTF-8. In pieces: that of a large policy would be two more arrays of megabytes.</summary>
    public static RevisionId Of(StringBuilder content)
    {
        ArgumentNullException.ThrowIfNull(content);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Encoder encoder = Encoding.UTF8.GetEncoder();
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(MaxPiece + 1)];
        foreach (ReadOnlyMemory<char> chunk in content.GetChunks())
        {
            for (int start = 0; start < chunk.Length; start += MaxPiece)
            {
                ReadOnlySpan<char> piece = chunk.Span[start..Math.Min(chunk.Length, start + MaxPiece)];
                hash.AppendData(bytes.AsSpan(0, encoder.GetBytes(piece, bytes, flush: false)));
            }
        }

        hash.AppendData(bytes.AsSpan(0, encoder.GetBytes([], bytes, flush: true)));
        return new RevisionId(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Reads the full form; upper-case digits are refused, because one name has one spelling.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RevisionId? id)
    {
        id = text is { Length: Length } && text.All(char.IsAsciiHexDigitLower) ? new RevisionId(text) : null;
        return id is not null;
    }

    /// <summary>The full form.</summary>
    public override string ToString() => _hex;
}
