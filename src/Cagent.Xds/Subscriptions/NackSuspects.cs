// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Subscriptions;

/// <summary>Finds the resources that the text of a NACK blames; a NACK names a resource nowhere else.</summary>
internal static class NackSuspects
{
    /// <summary>
    /// The names of the response that occur in the text as a whole word; all names when none does, since then any may be
    /// the bad one. Envoy names nobody when it cannot read a message at all ("Invalid duration: …").
    /// </summary>
    public static ImmutableArray<string> Find(string text, ImmutableArray<string> names, out bool isCertain)
    {
        isCertain = true;
        if (names.Length <= 1)
        {
            return names;
        }

        ImmutableArray<string> named = [.. names.Where(name => Names(text, name))];
        isCertain = !named.IsEmpty;
        return isCertain ? named : names;
    }

    private static bool Names(string text, string name)
    {
        for (int at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            if (EndsBefore(text, at) && StartsAfter(text, at + name.Length))
            {
                return true;
            }
        }

        return false;
    }

    private static bool EndsBefore(string text, int at) => at == 0 || !IsNameCharacter(text[at - 1]);

    // "up@bad: reason" and "up@bad." end the name; "up@bad.test" and "up@bad:443" go on.
    private static bool StartsAfter(string text, int at)
    {
        if (at >= text.Length || !IsNameCharacter(text[at]))
        {
            return true;
        }

        return text[at] is '.' or ':' && (at + 1 >= text.Length || !IsNameCharacter(text[at + 1]));
    }

    private static bool IsNameCharacter(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or '@' or '*';
}
