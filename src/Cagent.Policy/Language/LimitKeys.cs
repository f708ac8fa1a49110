// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Language;

/// <summary>The keys of the blocks that bound something.</summary>
internal static class LimitKeys
{
    private const int Million = 1_000_000;

    public static KeySet RateLimit { get; } = new(
        "rate_limit", "A bucket of requests: it holds `burst`, and `requests` flow into it evenly in each period. One bucket counts all paths of the entry.",
        new("requests", new WholeShape(1, 10 * Million), "How many requests the period grants.") { IsRequired = true, Example = "60", Codes = [DiagnosticCodes.UnreachableLimit] },
        new("per", new ChoiceShape<RateLimitPeriod>(("second", RateLimitPeriod.Second), ("minute", RateLimitPeriod.Minute), ("hour", RateLimitPeriod.Hour), ("day", RateLimitPeriod.Day)), "The period.")
        {
            IsRequired = true, Advice = "write second, minute, hour or day", Example = "minute",
        },
        new("burst", new WholeShape(1, 10 * Million), "How many requests may come at once.") { Default = "the same as `requests`", Example = "10" },
        new("key", new ChoiceShape<RateLimitKey>(("agent", RateLimitKey.Agent), ("domain", RateLimitKey.Domain)), "Whose requests one bucket counts: those of one agent, or everybody's to this entry.")
        {
            Default = "`agent`", Example = "agent",
        },
        new("scope", new ChoiceShape<RateLimitScope>(("node", RateLimitScope.Node), ("global", RateLimitScope.Global)), "Who counts: each proxy for itself, or one rate-limit service for all of them. When that service does not answer, the request is denied.")
        {
            Default = "`node`", Example = "global",
        });

    public static KeySet Resilience { get; } = new(
        "resilience", "How an upstream is treated when it fails.",
        new("retries", new WholeShape(0, 10), "How often a request is tried again when that is safe: nothing was sent yet, or GET, HEAD and OPTIONS after a reset, a timeout, 502, 503 or 504. Each try has the whole `timeout`. Not with `tls: passthrough`.") { Default = "once, when nothing was sent yet", Example = "2", Codes = [DiagnosticCodes.NotSeenInPassthrough] },
        new("max_connections", new WholeShape(1, 100_000), "How many connections to the upstream may be open at once. As many requests, or 128, wait for one; the next fail with 503. Not on wildcards.") { Default = "1024", Example = "100" },
        new("eject_after", new WholeShape(1, 1000), "How many failures in a row (no connection, reset, timeout, 502, 503, 504) take an address of the upstream out of use for 30 s, and longer each time, while it has another. Not on wildcards.") { Default = "never", Example = "5" });

    public static KeySet Budget { get; } = new(
        "budget", "What an agent may use up in a period: `requests`, `bytes` or both.",
        new("requests", new WholeShape(1, 1_000_000_000_000), "How many requests. Required without `bytes`.") { Default = "no bound", Example = "10000", Codes = [DiagnosticCodes.UnreachableLimit] },
        new("bytes", new SizeShape(), "How many bytes, both directions together. Required without `requests`.") { Default = "no bound", Example = "2GiB" },
        new("per", new ChoiceShape<BudgetPeriod>(("hour", BudgetPeriod.Hour), ("day", BudgetPeriod.Day), ("week", BudgetPeriod.Week), ("month", BudgetPeriod.Month)), "The period.")
        {
            IsRequired = true, Advice = "write hour, day, week or month", Example = "day",
        });

    public static KeySet AgentLimits { get; } = new(
        "limits", "How much of the proxy one agent may hold at once.",
        new("max_connections", new WholeShape(1, Million), "Connections to the proxy.") { Default = "no bound", Example = "100" },
        new("max_streams", new WholeShape(1, Million), "Requests and tunnels that run.") { Default = "no bound", Example = "200" },
        new("max_tunnels", new WholeShape(1, Million), "Tunnels that are open. Each is a stream as well.") { Default = "no bound", Example = "50", Codes = [DiagnosticCodes.UnreachableLimit] });

    public static KeySet AgentRuntime { get; } = new(
        "runtime", "How the container of a managed agent is confined.",
        new("policy", new ChoiceShape<RuntimePolicy>(("hardened", RuntimePolicy.Hardened), ("standard", RuntimePolicy.Standard)), "What the container is forbidden: `hardened` takes away all capabilities and the writable root, `standard` is the engine's own defaults without privileges.")
        {
            Default = "`hardened`", Example = "hardened",
        },
        new("cpus", new DecimalShape(0.01m, 1024m), "Processors that it may use.") { Default = "no bound", Example = "2" },
        // Docker takes no less.
        new("memory", new SizeShape(Min: "6MiB"), "Memory that it may use.") { Default = "no bound", Example = "4GiB" },
        new("pids", new WholeShape(1, Million), "Processes and threads that it may have.") { Default = "no bound", Example = "256" });
}
