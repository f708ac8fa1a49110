// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Cagent.ControlPlane.Budgets;

namespace Cagent.Budgets;

/// <summary>The metrics <c>cagent.budget.*</c>: never by agent, which has no bound. Thread safe.</summary>
public sealed class BudgetMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _denials;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _levels;
    private readonly Counter<long> _cuts;
    private readonly Counter<long> _writes;

    /// <summary>The meter <c>Cagent.Budgets</c>.</summary>
    public BudgetMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create("Cagent.Budgets");
        _denials = _meter.CreateCounter<long>("cagent.budget.denials", "{request}", "Requests that a budget denied, by cause.");
        _bytes = _meter.CreateCounter<long>("cagent.budget.bytes", "By", "Bytes that were counted on budgets.");
        _levels = _meter.CreateCounter<long>("cagent.budget.levels", "{crossing}", "Budgets that reached 80, 95 or 100 per cent, by level.");
        _cuts = _meter.CreateCounter<long>("cagent.budget.cuts", "{cut}", "Times that an agent's open tunnels were ended because its bytes were used up.");
        _writes = _meter.CreateCounter<long>("cagent.budget.writes", "{write}", "Writes to the store of budgets, by outcome.");
    }

    internal void Observe(Func<int> streams) => _meter.CreateObservableGauge<int>("cagent.budget.streams", streams, "{stream}", "Requests and tunnels that run and draw on a budget.");

    internal void Denied(BudgetVerdict verdict) => _denials.Add(1, new KeyValuePair<string, object?>("cause", verdict switch
    {
        BudgetVerdict.NoRequests => "requests",
        BudgetVerdict.NoBytes => "bytes",
        BudgetVerdict.Held => "held",
        _ => "unavailable",
    }));

    internal void Bytes(long bytes) => _bytes.Add(bytes);

    internal void Level(int level) => _levels.Add(1, new KeyValuePair<string, object?>("level", level));

    internal void Cut() => _cuts.Add(1);

    internal void Written(bool isOk) => _writes.Add(1, new KeyValuePair<string, object?>("outcome", isOk ? "ok" : "failed"));
}
