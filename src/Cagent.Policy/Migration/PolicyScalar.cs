// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Migration;

/// <summary>Writes text as a YAML scalar that means this text to every reader.</summary>
internal static class PolicyScalar
{
    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Plain where that is safe, else in double quotes, whose escapes JSON shares with YAML.</summary>
    public static string Write(string text)
    {
        bool isPlain = text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/')
            && AmbiguousScalar.Describe(text) is null && !text.Equals("null", StringComparison.OrdinalIgnoreCase);
        return isPlain ? text : JsonSerializer.Serialize(text, s_readable);
    }

    /// <summary>A rule in a flow list: what has braces, commas or a star in it is quoted.</summary>
    public static string WriteList(IEnumerable<string> texts) => $"[{string.Join(", ", texts.Select(Write))}]";
}
