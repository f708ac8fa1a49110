// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Cagent.Compiler.Limits;
using Spectre.Console;

namespace Cagent.Cli.Compiling;

/// <summary>Rate limits, budgets and bounds for people and programs.</summary>
internal static class LimitOutput
{
    /// <summary>Null when the policy limits nothing.</summary>
    public static JsonObject? ToJson(LimitTable limits) => limits.IsEmpty ? null : new JsonObject
    {
        ["rate_limits"] = RateLimits(limits.RateLimits),
        ["agents"] = JsonOutput.Array(limits.Agents.Where(agent => !agent.IsEmpty).Select(agent => new JsonObject
        {
            ["agent"] = agent.Agent,
            ["budget"] = agent.Budget is { } budget
                ? new JsonObject { ["requests"] = budget.Requests, ["bytes"] = budget.Bytes, ["per"] = LimitText.PeriodName(budget) }
                : null,
            ["max_connections"] = agent.MaxConnections,
            ["max_streams"] = agent.MaxStreams,
            ["max_tunnels"] = agent.MaxTunnels,
            ["rate_limits"] = RateLimits(agent.RateLimits),
        })),
    };

    /// <summary>Writes nothing when the policy limits nothing.</summary>
    public static void Write(IAnsiConsole console, LimitTable limits)
    {
        ImmutableArray<EntryRateLimit> rates = [.. limits.RateLimits.Concat(limits.Agents.SelectMany(agent => agent.RateLimits))];
        if (!rates.IsEmpty)
        {
            Table table = new Table { Border = TableBorder.Rounded }.AddColumns("entry", "of agent", "requests", "period", "burst", "bucket");
            foreach (EntryRateLimit limit in rates)
            {
                table.AddRow(Markup.Escape(limit.Entry), limit.Agent ?? "", Text(limit.Requests), $"{Text(limit.PeriodSeconds)}s", Text(limit.Burst), Markup.Escape(LimitText.DescriptorText(limit.Descriptor)));
            }

            console.Write(table);
        }

        ImmutableArray<AgentBounds> bounded = [.. limits.Agents.Where(agent => agent.Budget is not null || agent.MaxConnections is not null || agent.MaxStreams is not null || agent.MaxTunnels is not null)];
        if (!bounded.IsEmpty)
        {
            Table table = new Table { Border = TableBorder.Rounded }.AddColumns("agent", "budget", "max_connections", "max_streams", "max_tunnels");
            foreach (AgentBounds agent in bounded)
            {
                table.AddRow(agent.Agent, Text(agent.Budget), Text(agent.MaxConnections), Text(agent.MaxStreams), Text(agent.MaxTunnels));
            }

            console.Write(table);
        }
    }

    private static JsonArray RateLimits(ImmutableArray<EntryRateLimit> limits) => JsonOutput.Array(limits.Select(limit => new JsonObject
    {
        ["entry"] = limit.Entry,
        ["requests"] = limit.Requests,
        ["period_seconds"] = limit.PeriodSeconds,
        ["burst"] = limit.Burst,
        ["descriptor"] = JsonOutput.Array(limit.Descriptor.Select(pair => new JsonObject { ["key"] = pair.Key, ["value"] = pair.Value })),
    }));

    private static string Text(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Text(AgentBudget? budget) => budget is null ? "" : string.Join(", ",
        new[] { budget.Requests is { } requests ? $"{Text(requests)} requests" : null, budget.Bytes is { } bytes ? $"{Text(bytes)} bytes" : null }.OfType<string>()) + $" per {LimitText.PeriodName(budget)}";
}
