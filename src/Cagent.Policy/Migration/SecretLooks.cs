// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Migration;

/// <summary>Tells names from secrets that were written where a name belongs. In doubt it is a secret: then only its place is told.</summary>
internal static class SecretLooks
{
    private static readonly string[] s_marks = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat", "sk_", "pk_", "rk_", "xox", "AKIA", "ASIA", "AIza", "hf_", "npm_", "pypi", "eyJ", "sk-"];

    /// <summary>Whether it is the name of a variable: letters, digits and underscores, and nothing that tokens look like.</summary>
    public static bool IsVariable(string text) =>
        text.Length is > 0 and <= 64 && (char.IsAsciiLetter(text[0]) || text[0] == '_') && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && !s_marks.Any(mark => text.StartsWith(mark, StringComparison.Ordinal))
        && (!text.Any(char.IsAsciiLetterLower) || (text.Length <= 32 && !text.Any(char.IsAsciiDigit)))
        && text.Split('_').All(part => part.Length <= 20);

    /// <summary>Whether a word of the text begins as tokens do.</summary>
    public static bool HoldsToken(string text) =>
        text.Split(' ', '=', ':', '"', '\'', '(', ',').Any(word => word.Length >= 16 && word.Any(char.IsAsciiDigit) && s_marks.Any(mark => word.StartsWith(mark, StringComparison.Ordinal)));

    /// <summary>Whether a format holds only what surrounds a credential, such as <c>Bearer</c>.</summary>
    public static bool IsFormat(string text)
    {
        string[] around = text.Split("{value}");
        return around.Length == 2 && text.Trim(' ').Length == text.Length && text.All(c => c is >= ' ' and <= '~')
            && around.SelectMany(part => part.Split(' ', '=', ':', ';', ',', '"')).All(word => word.Length <= 20 && (word.Length < 8 || !word.Any(char.IsAsciiDigit)));
    }
}
