// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>Reads the blocks that bound something: <c>rate_limit</c>, <c>resilience</c>, <c>budget</c>, <c>limits</c>, <c>runtime</c>.</summary>
internal static class LimitReader
{
    private const int Million = 1_000_000;

    public static RateLimitConfig? ReadRateLimit(MappingReader parent)
    {
        if (parent.Mapping("rate_limit", KeySet.RateLimit) is not { } reader)
        {
            return null;
        }

        reader.Require("requests");
        reader.Require("per", "write second, minute, hour or day");
        return new RateLimitConfig(
            reader.Location, reader.KeyPath, reader.Number("requests", 1, 10 * Million),
            reader.Choice("per", ("second", RateLimitPeriod.Second), ("minute", RateLimitPeriod.Minute), ("hour", RateLimitPeriod.Hour), ("day", RateLimitPeriod.Day)),
            reader.Number("burst", 1, 10 * Million), reader.Choice("key", ("agent", RateLimitKey.Agent), ("domain", RateLimitKey.Domain)));
    }

    public static ResilienceConfig? ReadResilience(MappingReader parent) =>
        parent.Mapping("resilience", KeySet.Resilience) is { } reader
            ? new ResilienceConfig(reader.Location, reader.KeyPath, reader.Number("retries", 0, 10), reader.Number("max_connections", 1, 100_000), reader.Number("eject_after", 1, 1000))
            : null;

    public static BudgetConfig? ReadBudget(MappingReader parent)
    {
        if (parent.Mapping("budget", KeySet.Budget) is not { } reader)
        {
            return null;
        }

        reader.Require("per", "write hour, day, week or month");
        if (!reader.Has("bytes"))
        {
            reader.Require("requests", "a budget bounds requests, bytes or both");
        }

        return new BudgetConfig(
            reader.Location, reader.KeyPath, reader.Whole("requests", 1, 1_000_000_000_000), reader.Size("bytes"),
            reader.Choice("per", ("hour", BudgetPeriod.Hour), ("day", BudgetPeriod.Day), ("week", BudgetPeriod.Week), ("month", BudgetPeriod.Month)));
    }

    public static AgentLimitsConfig? ReadLimits(MappingReader parent) =>
        parent.Mapping("limits", KeySet.AgentLimits) is { } reader
            ? new AgentLimitsConfig(reader.Location, reader.KeyPath, reader.Number("max_connections", 1, Million), reader.Number("max_streams", 1, Million), reader.Number("max_tunnels", 1, Million))
            : null;

    public static AgentRuntimeConfig? ReadRuntime(MappingReader parent)
    {
        if (parent.Mapping("runtime", KeySet.AgentRuntime) is not { } reader)
        {
            return null;
        }

        return new AgentRuntimeConfig(
            reader.Location, reader.KeyPath, reader.Choice("policy", ("hardened", RuntimePolicy.Hardened), ("standard", RuntimePolicy.Standard)),
            reader.Decimal("cpus", 0.01m, 1024m), reader.Size("memory"), reader.Number("pids", 1, Million));
    }
}
