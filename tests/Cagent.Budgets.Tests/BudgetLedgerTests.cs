// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Budgets;
using Cagent.Policy.Model;
using Cagent.TestKit.Files;
using Cagent.TestKit.Time;

namespace Cagent.Budgets.Tests;

/// <summary>What is counted, when it is denied, and when it begins anew.</summary>
public sealed class BudgetLedgerTests : IAsyncLifetime
{
    private const long MiB = 1 << 20;
    private static readonly AgentBudget TenRequests = new(10, null, BudgetPeriod.Hour);
    private static readonly AgentBudget EightMiB = new(null, 8 * MiB, BudgetPeriod.Hour);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private LedgerHost _host = null!;

    public async Task InitializeAsync() => _host = await LedgerHost.StartAsync(_folder.Combine("budgets.db"), _time);

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Requests_UpToTheLimit_PassWithWarnings()
    {
        List<int> levels = [];
        for (int i = 0; i < 10; i++)
        {
            levels.Add((await _host.AskAsync("a", TenRequests)).Answer.RequestLevel);
        }

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 80, 80, 100], levels);
        (BudgetAnswer answer, _) = await _host.AskAsync("a", TenRequests);
        Assert.Equal((BudgetVerdict.NoRequests, _time.GetUtcNow().AddHours(1), TimeSpan.FromHours(1)), (answer.Verdict, answer.ResetsAt, answer.ResetsIn));
        Assert.Equal(BudgetVerdict.Reserved, await _host.UseAsync("b", TenRequests));
    }

    [Fact]
    public async Task Window_WhenItEnds_BeginsAnew_AndNeverAgain()
    {
        await UseUpAsync("a");
        _time.Advance(TimeSpan.FromMinutes(59.9));
        Assert.Equal(BudgetVerdict.NoRequests, await _host.UseAsync("a", TenRequests));
        _time.Advance(TimeSpan.FromMinutes(0.1));
        await UseUpAsync("a");

        // The clock is set back, into the period before and into the one that runs.
        foreach (int minutes in (int[])[-30, 10, 10])
        {
            _time.Advance(TimeSpan.FromMinutes(minutes));
            Assert.Equal(BudgetVerdict.NoRequests, await _host.UseAsync("a", TenRequests));
        }

        Assert.Equal(new DateTimeOffset(2026, 6, 1, 14, 0, 0, TimeSpan.Zero), _host.UsageOf("a").ResetsAt);
    }

    [Fact]
    public async Task Limit_Changed_HoldsAtOnceForWhatIsUsed()
    {
        await UseUpAsync("a");
        Assert.Equal(BudgetVerdict.Reserved, await _host.UseAsync("a", TenRequests with { Requests = 11 }));
        Assert.Equal(BudgetVerdict.NoRequests, await _host.UseAsync("a", TenRequests with { Requests = 5 }));
        // Another kind of period is of the same time.
        Assert.Equal(BudgetVerdict.NoRequests, await _host.UseAsync("a", TenRequests with { Requests = 11, Per = BudgetPeriod.Month }));
        Assert.Equal(BudgetVerdict.NoRequests, await _host.UseAsync("a", TenRequests with { Requests = 11, Per = BudgetPeriod.Hour }));
    }

    [Fact]
    public async Task Bytes_OfAStream_AreCountedWhileItIsOpen_AndOnce()
    {
        (_, string id) = await _host.AskAsync("a", EightMiB);
        foreach (long total in (long[])[MiB, MiB, 2 * MiB])
        {
            _host.Report("a", id, total, isFinal: false);
            Assert.Equal(total, _host.UsageOf("a").Bytes);
        }

        _host.Report("a", id, 3 * MiB, isFinal: true);
        Assert.Equal((3 * MiB, 0), (_host.UsageOf("a").Bytes, _host.UsageOf("a").Held));
        Assert.Empty(_host.Stopped);
    }

    [Fact]
    public async Task Bytes_UsedUp_StopTheAgent_AndAgainWhileSomethingMoves()
    {
        (_, string id) = await _host.AskAsync("a", EightMiB);
        _host.Report("a", id, 8 * MiB, isFinal: false);
        Assert.Equal(["a"], _host.Stopped);
        _host.Report("a", id, 8 * MiB, isFinal: false); // nothing moves
        Assert.Equal(["a"], _host.Stopped);
        _host.Report("a", id, (8 * MiB) + 1, isFinal: false);
        Assert.Equal(["a", "a"], _host.Stopped);
        Assert.Equal(BudgetVerdict.NoBytes, await _host.UseAsync("a", EightMiB));
    }

    /// <summary>What the others will carry before they can be ended is counted in: so together they go beyond by no more than one.</summary>
    [Fact]
    public async Task Streams_ThatWouldUseUpTheRestBeforeTheirNextReport_AreStopped()
    {
        (_, string one) = await _host.AskAsync("a", EightMiB);
        (_, string two) = await _host.AskAsync("a", EightMiB);
        _host.Report("a", one, 2 * MiB, isFinal: false);
        _host.Report("a", two, 2 * MiB, isFinal: false);
        Assert.Empty(_host.Stopped); // 4, and 3 that are expected of the other
        _host.Report("a", one, 4 * MiB, isFinal: false);
        Assert.Equal(["a"], _host.Stopped); // 6, and 3
    }

    [Fact]
    public async Task Stream_Alone_IsStoppedWhenAllIsUsedUp()
    {
        (_, string id) = await _host.AskAsync("a", EightMiB);
        _host.Report("a", id, 4 * MiB, isFinal: false);
        _host.Report("a", id, (8 * MiB) - 1, isFinal: false);
        Assert.Empty(_host.Stopped);
        _host.Report("a", id, 8 * MiB, isFinal: false);
        Assert.Equal(["a"], _host.Stopped);
    }

    /// <summary>However many ask at once, together they hold no more than the budget and one of them.</summary>
    [Fact]
    public async Task Requests_100AtOnce_HoldNoMoreThanTheBudget()
    {
        (BudgetAnswer Answer, string Id)[] asked = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => _host.AskAsync("a", EightMiB))));
        string[] reserved = [.. asked.Where(one => one.Answer.Verdict == BudgetVerdict.Reserved).Select(one => one.Id)];
        Assert.Equal(8, reserved.Length);
        Assert.All(asked, one => Assert.Contains(one.Answer.Verdict, (BudgetVerdict[])[BudgetVerdict.Reserved, BudgetVerdict.Held]));
        Array.ForEach(reserved, id => _host.Report("a", id, 1000, isFinal: true));
        Assert.Equal(BudgetVerdict.Reserved, await _host.UseAsync("a", EightMiB));
    }

    [Fact]
    public async Task Requests_100AtOnce_AreCountedExactly()
    {
        AgentBudget fifty = new(50, null, BudgetPeriod.Hour);
        BudgetVerdict[] verdicts = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => _host.UseAsync("a", fifty))));
        Assert.Equal((50, 50), (verdicts.Count(verdict => verdict == BudgetVerdict.Reserved), verdicts.Count(verdict => verdict == BudgetVerdict.NoRequests)));
    }

    [Fact]
    public async Task Upload_ThatAnnouncesMore_IsHeldOrDenied()
    {
        Assert.Equal(BudgetVerdict.NoBytes, (await _host.AskAsync("a", EightMiB, announced: (8 * MiB) + 1)).Answer.Verdict);
        Assert.Equal(BudgetVerdict.NoBytes, (await _host.AskAsync("a", EightMiB, announced: long.MaxValue)).Answer.Verdict);
        (BudgetAnswer first, string id) = await _host.AskAsync("a", EightMiB, announced: 5 * MiB);
        Assert.Equal((BudgetVerdict.Reserved, 5 * MiB), (first.Verdict, _host.UsageOf("a").Held));
        Assert.Equal(BudgetVerdict.Held, (await _host.AskAsync("a", EightMiB, announced: 5 * MiB)).Answer.Verdict);
        _host.Report("a", id, 100, isFinal: true);
        Assert.Equal(BudgetVerdict.Reserved, (await _host.AskAsync("a", EightMiB, announced: 5 * MiB)).Answer.Verdict);
    }

    /// <summary>A log entry that Envoy could not deliver must not give anything back, nor hold it for ever.</summary>
    [Fact]
    public async Task Stream_WithoutAWord_CountsInFullAfterAWhile()
    {
        (_, string id) = await _host.AskAsync("a", EightMiB);
        _time.Advance(BudgetLedger.LongestSilence - TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0, MiB), (_host.Ledger.Sweep(), _host.UsageOf("a").Bytes, _host.UsageOf("a").Held));
        _time.Advance(TimeSpan.FromSeconds(2));
        _host.Ledger.Sweep();
        Assert.Equal((MiB, 0), (_host.UsageOf("a").Bytes, _host.UsageOf("a").Held));
        // It comes back: rather twice than not at all.
        _host.Report("a", id, MiB, isFinal: true);
        Assert.Equal(2 * MiB, _host.UsageOf("a").Bytes);
    }

    [Fact]
    public async Task Request_WhoseIdIsTaken_IsCountedInFull()
    {
        await _host.AskAsync("a", EightMiB, id: "same");
        await _host.AskAsync("a", EightMiB, id: "same");
        Assert.Equal((2, MiB, MiB), _host.UsageOf("a") is var usage ? (usage.Requests, usage.Bytes, usage.Held) : default);
        await _host.AskAsync("a", EightMiB, id: "");
        Assert.Equal(2 * MiB, _host.UsageOf("a").Bytes);
    }

    [Fact]
    public void Report_OfNobodysBudget_CountsNothing()
    {
        _host.Ledger.Observe(new StreamReport("unknown", null, IsFinal: true, MiB, MiB));
        Assert.Empty(_host.Ledger.Usages);
    }

    private async Task UseUpAsync(string agent)
    {
        for (int i = 0; i < TenRequests.Requests; i++)
        {
            Assert.Equal(BudgetVerdict.Reserved, await _host.UseAsync(agent, TenRequests));
        }

        Assert.Equal(BudgetVerdict.NoRequests, await _host.UseAsync(agent, TenRequests));
    }
}
