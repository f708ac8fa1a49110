// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Warns of lines of <c>allow</c> and <c>deny</c> that change nothing. What is in doubt is not warned of.</summary>
internal sealed class RuleReach(DiagnosticBag bag)
{
    public void Report(DomainConfig config, RuleLists rules)
    {
        ReportCovered(config.Allow, rules.Allow);
        ReportCovered(config.Deny, rules.Deny);
        if (rules.Allow.IsEmpty || rules.Deny.IsEmpty)
        {
            return;
        }

        foreach (PolicyRule deny in rules.Deny.Where(deny => !rules.Allow.Any(allow => CanMeet(allow, deny))))
        {
            bag.Warning(
                DiagnosticCodes.PointlessDeny, "the rule denies nothing: no line of \"allow\" reaches what it names", deny.Location, KeyPathOf(config.Deny, deny), "remove it, or widen \"allow\"");
        }
    }

    private void ReportCovered(Located<ImmutableArray<Located<string>>>? lines, ImmutableArray<PolicyRule> rules)
    {
        // Quadratic; a list so long that this would be felt is not one that a person reads.
        const int MaxRules = 200;
        if (lines is null || rules.Length is < 2 or > MaxRules)
        {
            return;
        }

        foreach (PolicyRule rule in rules)
        {
            PolicyRule? cover = rules.FirstOrDefault(other => !ReferenceEquals(other, rule) && other.Methods.Covers(rule.Methods) && other.Path.Covers(rule.Path));
            if (cover is not null)
            {
                bag.Warning(DiagnosticCodes.CoveredRule, $"the rule adds nothing: \"{cover.Text}\" in {Places.Of(cover.Location, rule.Location)} covers all of it", rule.Location, KeyPathOf(lines, rule), "remove it");
            }
        }
    }

    private static bool CanMeet(PolicyRule allow, PolicyRule deny) =>
        allow.Methods.Overlaps(deny.Methods) && !AreApart(allow.Path.Text, deny.Path.Text);

    // A deny line is matched under every reading that a server might apply, so only plain literals can be told apart.
    private static bool AreApart(string allow, string deny)
    {
        if (allow.AsSpan().IndexOfAny('%', ';') >= 0 || deny.AsSpan().IndexOfAny('%', ';') >= 0)
        {
            return false;
        }

        ReadOnlySpan<char> left = allow.AsSpan().TrimEnd('/');
        ReadOnlySpan<char> right = deny.AsSpan().TrimEnd('/');
        MemoryExtensions.SpanSplitEnumerator<char> others = right.Split('/');
        foreach (Range range in left.Split('/'))
        {
            if (!others.MoveNext())
            {
                return false;
            }

            ReadOnlySpan<char> segment = left[range];
            ReadOnlySpan<char> other = right[others.Current];
            if (segment.StartsWith('*') || other.StartsWith('*'))
            {
                return false;
            }

            if (!segment.SequenceEqual(other))
            {
                return true;
            }
        }

        return false;
    }

    private static string? KeyPathOf(Located<ImmutableArray<Located<string>>>? lines, PolicyRule rule) =>
        lines?.Value.FirstOrDefault(line => line.Location == rule.Location)?.KeyPath;
}
