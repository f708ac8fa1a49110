// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains;

/// <summary>Compares two segments character by character, an escape counting as one.</summary>
internal static class PathComparison
{
    /// <param name="left">One segment.</param>
    /// <param name="right">The other.</param>
    /// <param name="isDecoded">Whether an escape equals the raw character of the same byte.</param>
    public static bool AreEqual(ReadOnlySpan<char> left, ReadOnlySpan<char> right, bool isDecoded)
    {
        while (!left.IsEmpty && !right.IsEmpty)
        {
            int leftByte = Take(ref left, out bool isLeftEscaped);
            int rightByte = Take(ref right, out bool isRightEscaped);
            if (leftByte != rightByte || (isLeftEscaped != isRightEscaped && !isDecoded))
            {
                return false;
            }
        }

        return left.IsEmpty && right.IsEmpty;
    }

    private static int Take(ref ReadOnlySpan<char> text, out bool isEscaped)
    {
        int escaped = PathGrammar.DecodeEscape(text, 0);
        isEscaped = escaped >= 0;
        int value = isEscaped ? escaped : text[0];
        text = text[(isEscaped ? 3 : 1)..];
        return value;
    }
}
