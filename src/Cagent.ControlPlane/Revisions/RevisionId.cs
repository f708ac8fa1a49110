// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Cagent.ControlPlane.Revisions;

/// <summary>A revision's name: the SHA-256 of its content as 64 lower-case hex digits, so that replicas and restarts agree on it.</summary>
public sealed record RevisionId
{
    /// <summary>Digits of the full form.</summary>
    public const int Length = SHA256.HashSizeInBytes * 2;

    /// <summary>Digits of the short form.</summary>
    public const int ShortLength = 12;

    private readonly string _hex;

    private RevisionId(string hex) => _hex = hex;

    /// <summary>The first 12 digits, for people.</summary>
    public string ShortForm => _hex[..ShortLength];

    /// <summary>The name of a content.</summary>
    public static RevisionId Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)));

    /// <summary>Reads the full form; upper-case digits are refused, because one name has one spelling.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RevisionId? id)
    {
        id = text is { Length: Length } && text.All(char.IsAsciiHexDigitLower) ? new RevisionId(text) : null;
        return id is not null;
    }

    /// <summary>The full form.</summary>
    public override string ToString() => _hex;
}
