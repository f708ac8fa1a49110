// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges what bounds entries and agents, and warns of bounds that can never be reached.</summary>
internal sealed class LimitValidator(DiagnosticBag bag)
{
    // The proxy's own bound of one agent; a limit above it never decides.
    private const int ProxyRequestsPerSecond = 4000;

    public RateLimit? Validate(RateLimitConfig? config)
    {
        if (config is not { Requests: { } requests, Per: { } per })
        {
            return null;
        }

        if (requests.Value / SecondsOf(per.Value) > ProxyRequestsPerSecond)
        {
            WarnUnreachable(requests.Location, requests.KeyPath, $"the proxy itself stops an agent at {ProxyRequestsPerSecond} requests a second");
        }

        return new RateLimit(requests.Value, per.Value, config.Burst?.Value ?? requests.Value, config.Key?.Value ?? RateLimitKey.Agent, config.Location) { Scope = config.Scope?.Value ?? RateLimitScope.Node };
    }

    /// <summary>
    /// Outside of inspected tunnels the proxy counts in the chain of filters that takes a connection, and each agent has one of its own:
    /// a bucket of all agents together would be one for each.
    /// </summary>
    public void ValidateShared(IEnumerable<PolicyEntry> entries)
    {
        foreach (PolicyEntry entry in entries)
        {
            if (entry.RateLimit is { Key: RateLimitKey.Domain, Scope: RateLimitScope.Node } limit && (entry.Scheme == Scheme.Http || entry.Tls == TlsMode.Passthrough))
            {
                bag.Error(
                    DiagnosticCodes.NotSupported, $"\"key: domain\" is not supported by this build for {entry.Key} beside \"agents\": only requests inside inspected tunnels are counted over all of them",
                    limit.Location, null, "write key: agent, or add scope: global");
            }
        }
    }

    /// <summary>While a request waits for its answer nothing is sent, so silence ends it before a longer timeout does.</summary>
    public void ValidateTimeouts(DomainConfig config, DefaultsConfig defaults, TimeSpan timeout, TimeSpan idleTimeout)
    {
        // The place of the narrower block, where the one who broke the order wrote it.
        Located<TimeSpan>? place = config.Timeout ?? config.IdleTimeout ?? defaults.Timeout ?? defaults.IdleTimeout;
        if (timeout > idleTimeout && place is not null)
        {
            bag.Warning(
                DiagnosticCodes.UnreachableLimit, "the limit can never be reached: \"timeout\" is longer than \"idle_timeout\", which ends a request that waits in silence", place.Location, place.KeyPath,
                "lower \"timeout\", or raise \"idle_timeout\"");
        }
    }

    /// <summary>Of the defaults an entry takes what it can have: nothing is tried again of bytes that nobody sees, and wildcards share their connections.</summary>
    public Resilience? ValidateResilience(EntryContext context, ResilienceConfig? defaults)
    {
        if (context.IsWildcard)
        {
            RefuseOnWildcard(context.Config.Resilience?.MaxConnections, "max_connections");
            RefuseOnWildcard(context.Config.Resilience?.EjectAfter, "eject_after");
        }

        return (context.Config.Resilience ?? defaults) is not { } config ? null : new Resilience(
            context.Tls == TlsMode.Passthrough ? null : config.Retries?.Value,
            context.IsWildcard ? null : config.MaxConnections?.Value,
            context.IsWildcard ? null : config.EjectAfter?.Value,
            config.Location);
    }

    private void RefuseOnWildcard(Located<int>? key, string name)
    {
        if (key is not null)
        {
            bag.Error(DiagnosticCodes.NotSupported, $"\"{name}\" is not supported by this build for wildcards, which share their connections", key.Location, key.KeyPath, "write an entry for each host that needs it");
        }
    }

    public Budget? Validate(BudgetConfig? config)
    {
        if (config is not { Per: { } per } || (config.Requests is null && config.Bytes is null))
        {
            return null;
        }

        if (config.Requests is { } requests && requests.Value / SecondsOf(per.Value) > ProxyRequestsPerSecond)
        {
            WarnUnreachable(requests.Location, requests.KeyPath, $"the proxy itself stops an agent at {ProxyRequestsPerSecond} requests a second");
        }

        return new Budget(config.Requests?.Value, config.Bytes?.Value, per.Value, config.Location);
    }

    public AgentLimits? Validate(AgentLimitsConfig? config)
    {
        // A tunnel is a stream, and its requests are streams as well.
        if (config is { MaxTunnels: { } tunnels, MaxStreams: { } streams } && tunnels.Value > streams.Value)
        {
            WarnUnreachable(tunnels.Location, tunnels.KeyPath, "each tunnel is a stream, and \"max_streams\" is smaller");
        }

        return config is null ? null : new AgentLimits(config.MaxConnections?.Value, config.MaxStreams?.Value, config.MaxTunnels?.Value, config.Location);
    }

    public static AgentRuntime? Validate(AgentRuntimeConfig? config)
    {
        return config is null ? null : new AgentRuntime(config.Policy?.Value ?? RuntimePolicy.Hardened, config.Cpus?.Value, config.Memory?.Value, config.Pids?.Value, config.Location);
    }

    private void WarnUnreachable(SourceLocation location, string keyPath, string reason) =>
        bag.Warning(DiagnosticCodes.UnreachableLimit, $"the limit can never be reached: {reason}", location, keyPath, "lower it, or remove it");

    private static double SecondsOf(RateLimitPeriod period) => period switch
    {
        RateLimitPeriod.Second => 1,
        RateLimitPeriod.Minute => 60,
        RateLimitPeriod.Hour => 3600,
        _ => 86_400,
    };

    private static double SecondsOf(BudgetPeriod period) => period switch
    {
        BudgetPeriod.Hour => 3600,
        BudgetPeriod.Day => 86_400,
        BudgetPeriod.Week => 7 * 86_400,
        _ => 31 * 86_400,
    };
}
