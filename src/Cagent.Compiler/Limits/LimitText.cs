// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Cagent.Compiler.Limits;

/// <summary>The table as text: part of what a revision's hash covers, and what golden cases compare.</summary>
public static class LimitText
{
    /// <summary>Shared entries first, then agents, each in the table's order. Empty when nothing is limited.</summary>
    public static string Render(LimitTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.IsEmpty)
        {
            return "";
        }

        StringBuilder text = new();
        RateLimits(text, table.RateLimits);
        foreach (AgentBounds agent in table.Agents)
        {
            text.Append(CultureInfo.InvariantCulture, $"- agent: \"{agent.Agent}\"\n");
            if (agent.Budget is { } budget)
            {
                text.Append("  budget: {").Append(Bound("requests", budget.Requests)).Append(Bound("bytes", budget.Bytes))
                    .Append(CultureInfo.InvariantCulture, $"per: {PeriodName(budget)}}}\n");
            }

            Line(text, "max_connections", agent.MaxConnections);
            Line(text, "max_streams", agent.MaxStreams);
            Line(text, "max_tunnels", agent.MaxTunnels);
            RateLimits(text, agent.RateLimits);
        }

        return text.ToString();
    }

    /// <summary>The period as the policy writes it.</summary>
    public static string PeriodName(AgentBudget budget)
    {
        ArgumentNullException.ThrowIfNull(budget);
        return budget.Per.ToString().ToLowerInvariant();
    }

    /// <summary>A bucket's name on one line, such as <c>entry=api.example.com:443, agent=*</c>.</summary>
    public static string DescriptorText(ImmutableArray<LimitDescriptor> descriptor) =>
        string.Join(", ", descriptor.Select(pair => $"{pair.Key}={pair.Value ?? "*"}"));

    private static void RateLimits(StringBuilder text, ImmutableArray<EntryRateLimit> limits)
    {
        foreach (EntryRateLimit limit in limits)
        {
            string agent = limit.Agent is null ? "" : $"  of: \"{limit.Agent}\"\n";
            agent += limit.IsGlobal ? "  scope: global\n" : "";
            text.Append(CultureInfo.InvariantCulture, $"- entry: \"{limit.Entry}\"\n{agent}  requests: {limit.Requests}\n  period_seconds: {limit.PeriodSeconds}\n  burst: {limit.Burst}\n")
                .Append(CultureInfo.InvariantCulture, $"  descriptor: \"{DescriptorText(limit.Descriptor)}\"\n");
        }
    }

    private static string Bound(string name, long? value) => value is { } bound ? string.Create(CultureInfo.InvariantCulture, $"{name}: {bound}, ") : "";

    private static void Line(StringBuilder text, string name, int? value)
    {
        if (value is { } bound)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {name}: {bound}\n");
        }
    }
}
