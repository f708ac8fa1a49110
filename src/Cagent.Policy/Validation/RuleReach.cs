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
        if (rules.Allow.IsEmpty)
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
        if (lines is null || rules.Length > MaxRules)
        {
            return;
        }

        foreach (PolicyRule rule in rules)
        {
            PolicyRule? cover = rules.FirstOrDefault(other => other != rule && other.Methods.Covers(rule.Methods) && other.Path.Covers(rule.Path));
            if (cover is not null)
            {
                bag.Warning(DiagnosticCodes.CoveredRule, $"the rule adds nothing: \"{cover.Text}\" in {Places.Of(cover.Location, rule.Location)} covers all of it", rule.Location, KeyPathOf(lines, rule), "remove it");
            }
        }
    }

    private static bool CanMeet(PolicyRule allow, PolicyRule deny) =>
        allow.Methods.Methods.Any(method => deny.Methods.Contains(method)) && !AreApart(allow.Path.Text, deny.Path.Text);

    // A deny line is matched under every reading that a server might apply, so only plain literals can be told apart.
    private static bool AreApart(string allow, string deny)
    {
        if (allow.AsSpan().IndexOfAny('%', ';') >= 0 || deny.AsSpan().IndexOfAny('%', ';') >= 0)
        {
            return false;
        }

        foreach ((string left, string right) in allow.TrimEnd('/').Split('/').Zip(deny.TrimEnd('/').Split('/')))
        {
            if (left.StartsWith('*') || right.StartsWith('*'))
            {
                return false;
            }

            if (left != right)
            {
                return true;
            }
        }

        return false;
    }

    private static string? KeyPathOf(Located<ImmutableArray<Located<string>>>? lines, PolicyRule rule) =>
        lines?.Value.FirstOrDefault(line => line.Location == rule.Location)?.KeyPath;
}
