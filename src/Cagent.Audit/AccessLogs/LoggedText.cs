// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Audit.AccessLogs;

/// <summary>Cuts text of requests down to what may be kept.</summary>
internal static class LoggedText
{
    /// <summary>The longest path that is kept; Envoy takes up to 60 KiB of header, and an agent could fill the disk with them.</summary>
    public const int MaxPath = 2048;

    private const int MaxOther = 512;

    /// <summary>The path up to its query or fragment: an injected query credential stands behind the question mark.</summary>
    public static string? Path(string path)
    {
        int end = path.AsSpan().IndexOfAny('?', '#');
        return Cut(end < 0 ? path : path[..end], MaxPath);
    }

    /// <summary>The authority alone, in lower case and without user-info, which is a password as often as not.</summary>
    public static string? Host(string authority)
    {
        int end = authority.AsSpan().IndexOfAny('/', '?', '#');
        string alone = end < 0 ? authority : authority[..end];
        return Other(alone[(alone.LastIndexOf('@') + 1)..].ToLowerInvariant());
    }

    /// <summary>Any other text.</summary>
    public static string? Other(string? text) => Cut(text, MaxOther);

    private static string? Cut(string? text, int length)
    {
        if (string.IsNullOrEmpty(text) || text.Length <= length)
        {
            return string.IsNullOrEmpty(text) ? null : text;
        }
        // Half of a surrogate pair is no text that JSON could hold.
        int end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
