// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Revisions;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Microsoft.Extensions.DependencyInjection;

namespace Cagent.Budgets.Tests;

/// <summary>A ledger with its writer over a real file. The writer's loop runs in the background, once a second of the clock and when it is asked.</summary>
internal sealed class LedgerHost : IRevisionSource, IStreamStopper, IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SqliteBudgetStore _store;
    private readonly BudgetWriter _writer;
    private int _requests;

    private LedgerHost(string file, ManualTime time)
    {
        Time = time;
        _store = new SqliteBudgetStore(file);
        BudgetMetrics metrics = new(_services.GetRequiredService<IMeterFactory>());
        Ledger = new BudgetLedger(this, this, metrics, time);
        _writer = new BudgetWriter(Ledger, _store, metrics, time, Log);
    }

    public event Action<Revision>? Published
    {
        add { }
        remove { }
    }

    public Revision? Current => null;

    public ManualTime Time { get; }

    public BudgetLedger Ledger { get; }

    public RecordingLogger<BudgetWriter> Log { get; } = new();

    public ConcurrentQueue<string> Stopped { get; } = new();

    public static async Task<LedgerHost> StartAsync(string file, ManualTime time)
    {
        LedgerHost host = new(file, time);
        await host._writer.StartAsync(CancellationToken.None);
        return host;
    }

    public void Stop(string agent) => Stopped.Enqueue(agent);

    /// <summary>Asks for a request with an id of its own unless one is given.</summary>
    public async Task<(BudgetAnswer Answer, string Id)> AskAsync(string agent, AgentBudget budget, long announced = 0, string? id = null)
    {
        id ??= $"{agent}-{Interlocked.Increment(ref _requests)}";
        return (await Ledger.ReserveAsync(new BudgetQuestion(agent, budget, id, announced), CancellationToken.None), id);
    }

    public void Report(string agent, string id, long bytes, bool isFinal) => Ledger.Observe(new StreamReport(id, agent, isFinal, bytes, 0));

    /// <summary>One request from beginning to end.</summary>
    public async Task<BudgetVerdict> UseAsync(string agent, AgentBudget budget, long bytes = 0)
    {
        (BudgetAnswer answer, string id) = await AskAsync(agent, budget);
        if (answer.Verdict == BudgetVerdict.Reserved)
        {
            Report(agent, id, bytes, isFinal: true);
        }

        return answer.Verdict;
    }

    public BudgetUsage UsageOf(string agent) => Ledger.Usages.Single(usage => usage.Agent == agent);

    /// <summary>Ends it in order.</summary>
    public Task StopAsync() => _writer.StopAsync(CancellationToken.None);

    /// <summary>Ends it as a crash does, when it was not stopped before: what is only in memory is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        if (_writer.ExecuteTask is { } loop)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _store.Dispose();
        await _services.DisposeAsync();
    }
}
