// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using System.Diagnostics.Metrics;

namespace Cagent.ExtAuthz;

/// <summary>Counts decisions by outcome and reason; never by host, path or agent, which have no bound. Thread safe.</summary>
public sealed class ExtAuthzMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _reclaimed;
    private readonly Counter<long> _limits;

    /// <summary>The meter <c>Cagent.ExtAuthz</c>.</summary>
    public ExtAuthzMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create("Cagent.ExtAuthz");
        _decisions = _meter.CreateCounter<long>("cagent.authz.decisions", "{decision}", "Decisions of ext_authz.");
        _reclaimed = _meter.CreateCounter<long>("cagent.slots.reclaimed", "{slot}", "Streams and connections that no longer count as open, though the proxy said nothing of their end.");
        _limits = _meter.CreateCounter<long>("cagent.ratelimit.decisions", "{decision}", "Answers of the rate-limit service, by outcome.");
    }

    internal void ObserveSlots(Func<int> streams, Func<int> connections)
    {
        _meter.CreateObservableGauge<int>("cagent.slots.streams", streams, "{stream}", "Requests and tunnels that run, of agents with limits.");
        _meter.CreateObservableGauge<int>("cagent.slots.connections", connections, "{connection}", "Connections to the proxy, of agents with limits.");
    }

    internal void ObserveBuckets(Func<int> buckets) =>
        _meter.CreateObservableGauge<int>("cagent.ratelimit.buckets", buckets, "{bucket}", "Buckets of the rate-limit service that are not full.");

    internal void Reclaimed(int count) => _reclaimed.Add(count);

    internal void Limited(string outcome) => _limits.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    internal void Decided(Decision decision) => _decisions.Add(
        1, new("outcome", decision is Decision.Allowed ? "allowed" : "denied"), new("reason", (decision as Decision.Denied)?.Reason.WireName() ?? ""));
}
