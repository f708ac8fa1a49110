// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Cagent.Budgets;
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Revisions;
using Cagent.Policy.Model;
using Microsoft.Extensions.DependencyInjection;

namespace Cagent.Benchmarks.Requests;

/// <summary>What a budget adds to a request: its reservation in the decision, and its settlement when Envoy has reported it. Without the disk, which no request waits for.</summary>
[MemoryDiagnoser]
public class BudgetBenchmarks : IRevisionSource
{
    private readonly AgentBudget _budget = new(1L << 50, 1L << 60, BudgetPeriod.Month);
    private readonly string[] _ids = [.. Enumerable.Range(0, 1024).Select(_ => Guid.NewGuid().ToString())];
    private BudgetLedger _ledger = null!;
    private int _next;

    /// <inheritdoc/>
    public event Action<Revision>? Published { add { } remove { } }

    /// <inheritdoc/>
    public Revision? Current => null;

    [GlobalSetup]
    public void Start()
    {
        _ledger = new BudgetLedger(this, new Nobody(), new BudgetMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()), TimeProvider.System);
        _ledger.Load(new BudgetContent([], []));
        // All that may ever be asked for is "on the disk".
        BudgetAccount account = _ledger.Accounts.SingleOrDefault() ?? Ask();
        account.Written(account.TakeRow(isLast: false, TimeProvider.System.GetUtcNow())! with { Requests = long.MaxValue / 2, Bytes = long.MaxValue / 2 }, isOnDisk: true);
    }

    [Benchmark]
    public async Task<BudgetVerdict> ReserveAndSettle()
    {
        string id = _ids[_next++ & 1023];
        BudgetAnswer answer = await _ledger.ReserveAsync(new BudgetQuestion("ci", _budget, id, 0), CancellationToken.None);
        _ledger.Observe(new StreamReport(id, "ci", IsFinal: true, 500, 5000));
        return answer.Verdict == BudgetVerdict.Reserved ? answer.Verdict : throw new InvalidOperationException(answer.ToString());
    }

    private BudgetAccount Ask()
    {
        _ = _ledger.ReserveAsync(new BudgetQuestion("ci", _budget, "first", 0), CancellationToken.None).AsTask();
        return _ledger.Accounts.Single();
    }

    private sealed class Nobody : IStreamStopper
    {
        public void Stop(string agent) => throw new InvalidOperationException("nothing is used up");
    }
}
