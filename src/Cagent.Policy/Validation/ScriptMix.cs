// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Validation;

/// <summary>Tells whether a label can be taken for another one: several alphabets in it, or one alphabet whose letters all look Latin.</summary>
internal static class ScriptMix
{
    // Cyrillic and Greek letters that most fonts draw like a Latin one.
    private const string LatinLike = "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0501\u04bb\u04cf\u051b\u051d\u03bf\u03b1\u03bd\u03c1";

    /// <summary>In words that follow "the label"; null when there is nothing to say.</summary>
    public static string? Describe(string label)
    {
        bool hasLatin = label.Any(c => char.IsAsciiLetter(c) || c is >= '\u00df' and <= '\u024f');
        bool hasGreek = label.Any(c => c is >= '\u0370' and <= '\u03ff');
        bool hasCyrillic = label.Any(c => c is >= '\u0400' and <= '\u052f');
        int alphabets = (hasLatin ? 1 : 0) + (hasGreek ? 1 : 0) + (hasCyrillic ? 1 : 0);
        if (alphabets > 1)
        {
            return "mixes alphabets that look alike";
        }

        bool isDisguise = (hasGreek || hasCyrillic) && label.Where(c => c > '\u007f').All(c => LatinLike.Contains(c, StringComparison.Ordinal));
        return isDisguise ? "has only letters that look like Latin ones and are not" : null;
    }
}
