// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Cagent.Domains;

/// <summary>
/// U-labels of a policy to A-labels. With invariant globalization <see cref="IdnMapping"/> encodes but neither folds case, nor
/// normalises, nor refuses invisible characters, so only ranges whose lower-case letters are valid and stable as they stand
/// are taken, and never two scripts that look alike in one label. For the rest a person writes the A-label.
/// </summary>
internal static class InternationalName
{
    private const string Advice = "write the A-label (xn--…)";

    private static readonly IdnMapping Mapping = new() { UseStd3AsciiRules = true, AllowUnassigned = false };

    public static bool TryToAscii(string? text, [NotNullWhen(true)] out string? ascii, [NotNullWhen(false)] out string? problem)
    {
        ascii = text;
        problem = string.IsNullOrEmpty(text) ? "is empty" : null;
        if (problem is not null || System.Text.Ascii.IsValid(text))
        {
            return problem is null;
        }

        string[] labels = text!.ToLowerInvariant().Split('.');
        for (int i = 0; i < labels.Length && problem is null; i++)
        {
            problem = FindProblem(labels[i]) ?? Encode(ref labels[i]);
        }

        ascii = problem is null ? string.Join('.', labels) : null;
        return ascii is not null;
    }

    private static string? Encode(ref string label)
    {
        try
        {
            label = System.Text.Ascii.IsValid(label) ? label : Mapping.GetAscii(label);
            return null;
        }
        catch (ArgumentException)
        {
            // IdnMapping has no Try form; it refuses a label that would be too long.
            return $"has a label that cannot be written as an A-label; {Advice}";
        }
    }

    private static string? FindProblem(string label)
    {
        bool hasLatin = false;
        bool hasGreek = false;
        bool hasCyrillic = false;
        foreach (char c in label)
        {
            hasLatin |= char.IsAsciiLetter(c) || IsLatin(c);
            hasGreek |= IsGreek(c);
            hasCyrillic |= IsCyrillic(c);
            if (c > '\u007f' && !IsLatin(c) && !IsGreek(c) && !IsCyrillic(c) && !IsEastAsian(c))
            {
                return $"contains U+{(int)c:X4}, which is not taken as it stands; {Advice}";
            }
        }

        bool isMixed = (hasLatin ? 1 : 0) + (hasGreek ? 1 : 0) + (hasCyrillic ? 1 : 0) > 1;
        return isMixed ? $"mixes alphabets that look alike in one label; {Advice} if it is meant" : null;
    }

    // The gaps are compatibility letters, which IDNA maps to others.
    private static bool IsLatin(char c) => char.IsLower(c)
        && c is (>= '\u00df' and <= '\u00ff' and not '\u00f7') or (>= '\u0101' and <= '\u017e' and not ('\u0133' or '\u0140' or '\u0149'));

    private static bool IsGreek(char c) => c is '\u0390' or (>= '\u03ac' and <= '\u03ce');

    private static bool IsCyrillic(char c) => c is >= '\u0430' and <= '\u045f';

    private static bool IsEastAsian(char c) => c is (>= '\u3041' and <= '\u3096') or (>= '\u30a1' and <= '\u30fa') or '\u30fc'
        or (>= '\u4e00' and <= '\u9fff') or (>= '\uac00' and <= '\ud7a3');
}
