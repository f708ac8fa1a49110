// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;

namespace Cagent.Compiler.Differences;

/// <summary>
/// Finds one path for each set of lines that can match together: at each depth a segment is one of the literals that a line
/// still hopes for, or empty at the end, or something that no line names. Finite, since behind the last literal nothing changes.
/// </summary>
internal static class RequestKinds
{
    private const string Fresh = "cagent-probe-5f0c";
    private const int Limit = 5000;

    /// <summary>False when there are more than a comparison should take.</summary>
    public static bool TryFind(AuthzEntry before, AuthzEntry after, out ImmutableArray<RequestKind> kinds)
    {
        string[][] patterns = [.. before.Allow.Concat(before.Deny).Concat(after.Allow).Concat(after.Deny).Select(rule => rule.Path.Text).Distinct(StringComparer.Ordinal).Select(text => text[1..].Split('/'))];
        List<RequestKind> found = [];
        bool isComplete = Walk(patterns, [], found);
        kinds = [.. found];
        return isComplete;
    }

    private static bool Walk(string[][] hopeful, ImmutableArray<string> path, List<RequestKind> found)
    {
        int depth = path.Length;
        string[] literals = [.. hopeful.Select(pattern => pattern[depth]).Where(segment => segment is not ("*" or "**" or "")).Distinct(StringComparer.Ordinal)];
        foreach (string segment in (string[])["", .. literals, Fresh])
        {
            if (found.Count == Limit)
            {
                return false;
            }

            ImmutableArray<string> next = path.Add(segment);
            found.Add(new RequestKind("/" + string.Join('/', next), "/" + string.Join('/', next.Select(part => part == Fresh ? "*" : part))));
            string[][] remaining = [.. hopeful.Where(pattern => pattern.Length > depth + 1 && (pattern[depth] == "*" || pattern[depth] == segment))];
            // One step behind the last line too: "/a/*" and "/a/**" differ there only.
            if (segment.Length > 0 && hopeful.Length > 0 && !Walk(remaining, next, found))
            {
                return false;
            }
        }

        return true;
    }
}
