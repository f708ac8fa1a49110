// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Language;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>Reads the blocks that bound something: <c>rate_limit</c>, <c>resilience</c>, <c>budget</c>, <c>limits</c>, <c>runtime</c>.</summary>
internal static class LimitReader
{
    public static RateLimitConfig? ReadRateLimit(MappingReader parent)
    {
        if (parent.Mapping("rate_limit", LimitKeys.RateLimit) is not { } reader)
        {
            return null;
        }

        reader.RequireKeys();
        return new RateLimitConfig(
            reader.Location, reader.KeyPath, reader.Bounded("requests"),
            reader.Choice<RateLimitPeriod>("per"),
            reader.Bounded("burst"), reader.Choice<RateLimitKey>("key"), reader.Choice<RateLimitScope>("scope"));
    }

    public static ResilienceConfig? ReadResilience(MappingReader parent) =>
        parent.Mapping("resilience", LimitKeys.Resilience) is { } reader
            ? new ResilienceConfig(reader.Location, reader.KeyPath, reader.Bounded("retries"), reader.Bounded("max_connections"), reader.Bounded("eject_after"))
            : null;

    public static BudgetConfig? ReadBudget(MappingReader parent)
    {
        if (parent.Mapping("budget", LimitKeys.Budget) is not { } reader)
        {
            return null;
        }

        reader.RequireKeys();
        if (!reader.Has("bytes"))
        {
            reader.Require("requests", "a budget bounds requests, bytes or both");
        }

        return new BudgetConfig(
            reader.Location, reader.KeyPath, reader.Whole("requests"), reader.Size("bytes"),
            reader.Choice<BudgetPeriod>("per"));
    }

    public static AgentLimitsConfig? ReadLimits(MappingReader parent) =>
        parent.Mapping("limits", LimitKeys.AgentLimits) is { } reader
            ? new AgentLimitsConfig(reader.Location, reader.KeyPath, reader.Bounded("max_connections"), reader.Bounded("max_streams"), reader.Bounded("max_tunnels"))
            : null;

    public static AgentRuntimeConfig? ReadRuntime(MappingReader parent)
    {
        if (parent.Mapping("runtime", LimitKeys.AgentRuntime) is not { } reader)
        {
            return null;
        }

        return new AgentRuntimeConfig(
            reader.Location, reader.KeyPath, reader.Choice<RuntimePolicy>("policy"),
            reader.Decimal("cpus"), reader.Size("memory"), reader.Bounded("pids"));
    }
}
