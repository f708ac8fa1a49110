// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Budgets;
using Cagent.Policy.Model;
using Cagent.TestKit.Files;
using Cagent.TestKit.Generation;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;
using FsCheck.Fluent;

namespace Cagent.Budgets.Tests;

/// <summary>What survives: all of it after an orderly end, and never less than was used after any other.</summary>
public sealed class BudgetDurabilityTests : IDisposable
{
    private const long MiB = 1 << 20;
    private static readonly AgentBudget Thousand = new(1000, 1000 * MiB, BudgetPeriod.Day);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    private string File => _folder.Combine("budgets.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Stop_InOrder_KeepsExactlyWhatWasUsed()
    {
        await using (LedgerHost host = await StartAsync())
        {
            for (int i = 0; i < 5; i++)
            {
                await host.UseAsync("a", Thousand, MiB);
            }

            await host.StopAsync();
        }

        await using LedgerHost again = await StartAsync();
        Assert.Equal(BudgetVerdict.Reserved, await again.UseAsync("a", Thousand, MiB));
        Assert.Equal((6, 6 * MiB), Used(again));
        await again.StopAsync();
    }

    /// <summary>Between two runs it goes on, and ends: neither is lost, nor counted twice.</summary>
    [Fact]
    public async Task Stop_WithAnOpenStream_GoesOnWhereItWas()
    {
        string id;
        await using (LedgerHost host = await StartAsync())
        {
            (_, id) = await host.AskAsync("a", Thousand);
            host.Report("a", id, 3 * MiB, isFinal: false);
            await host.StopAsync();
        }

        await using LedgerHost again = await StartAsync();
        again.Report("a", id, 5 * MiB, isFinal: true);
        await again.UseAsync("a", Thousand);
        Assert.Equal((2, 5 * MiB), Used(again));
        await again.StopAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(300)]
    public async Task Crash_AtAnyTime_CountsAtLeastWhatWasUsed_AndAtMostABlockMore(int requests)
    {
        await using (LedgerHost host = await StartAsync())
        {
            for (int i = 0; i < requests; i++)
            {
                Assert.Equal(BudgetVerdict.Reserved, await host.UseAsync("a", Thousand, 1000));
            }
        }

        await using LedgerHost again = await StartAsync();
        await again.UseAsync("a", Thousand);
        (long used, long bytes) = Used(again);
        Assert.InRange(used, requests + 1, requests + 1 + 10 + 1); // 1 %, and who asked when it was written
        Assert.InRange(bytes, requests * 1000, (requests * 1000) + (22 * MiB));
        await again.StopAsync();
    }

    /// <summary>Requests, reports, ends, crashes and restarts in any order.</summary>
    [Fact]
    public void Use_WithCrashesAndRestarts_NeverFallsBehind() => PropertyTest.Holds(
        Gen.ArrayOf(Gen.Choose(0, 99), 40),
        steps => RunAsync(steps).GetAwaiter().GetResult(),
        count: 40);

    [Fact]
    public async Task Store_Damaged_DeniesUntilItIsMovedAway()
    {
        _folder.Write("budgets.db", new string('x', 100_000));
        await using LedgerHost host = await StartAsync();
        Assert.Equal(BudgetVerdict.Unavailable, await host.UseAsync("a", Thousand));
        Assert.Contains("cannot be read", host.Ledger.Problem, StringComparison.Ordinal);
        Assert.Single(host.Log.Entries, entry => entry.Id == 2003);

        System.IO.File.Delete(File);
        await TickUntilAsync(host, () => host.Ledger.Problem is null);

        Assert.Equal(BudgetVerdict.Reserved, await host.UseAsync("a", Thousand));
        Assert.Single(host.Log.Entries, entry => entry.Id == 2004);
        await host.StopAsync();
    }

    /// <summary>No more is given out than is on the disk.</summary>
    [Fact]
    public async Task Store_ThatCannotBeWritten_DeniesWhenTheBlockIsUsedUp()
    {
        await using LedgerHost host = await StartAsync();
        Assert.Equal(BudgetVerdict.Reserved, await host.UseAsync("a", Thousand));
        using (Microsoft.Data.Sqlite.SqliteConnection other = new($"Data Source={File};Pooling=False"))
        {
            other.Open();
            using Microsoft.Data.Sqlite.SqliteCommand hold = other.CreateCommand();
            hold.CommandText = "BEGIN IMMEDIATE";
            hold.ExecuteNonQuery();
            int passed = 0;
            Task<BudgetVerdict> asked = host.UseAsync("a", Thousand);
            while (asked.IsCompleted && await asked == BudgetVerdict.Reserved)
            {
                Assert.True(++passed < 20, "more passes than is on the disk");
                asked = host.UseAsync("a", Thousand);
            }

            await TickUntilAsync(host, () => asked.IsCompleted);
            Assert.Equal(BudgetVerdict.Unavailable, await asked);
        }

        await TickUntilAsync(host, () => host.Ledger.Problem is null);
        Assert.Equal(BudgetVerdict.Reserved, await host.UseAsync("a", Thousand));
        await host.StopAsync();
    }

    [Fact]
    public async Task Store_File_IsForItsOwnerOnly()
    {
        await using LedgerHost host = await StartAsync();
        await host.UseAsync("a", Thousand);
        Assert.All(Directory.GetFiles(_folder.Path, "budgets.db*"), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file)));
        await host.StopAsync();
    }

    private Task<LedgerHost> StartAsync() => LedgerHost.StartAsync(File, _time);

    private static (long Requests, long Bytes) Used(LedgerHost host) => host.UsageOf("a") is var usage ? (usage.Requests, usage.Bytes) : default;

    private static async Task TickUntilAsync(LedgerHost host, Func<bool> condition) => await Eventually.TrueAsync(() =>
    {
        host.Time.Advance(BudgetWriter.Interval);
        return condition();
    }, "the writer has tried");

    private static async Task RunAsync(int[] steps)
    {
        using TemporaryFolder folder = new();
        ManualTime time = new();
        LedgerHost host = await LedgerHost.StartAsync(folder.Combine("budgets.db"), time);
        long requests = 0;
        long bytes = 0;
        Dictionary<string, long> open = [];
        foreach (int step in steps)
        {
            if (step < 50)
            {
                (BudgetAnswer answer, string id) = await host.AskAsync("a", Thousand, id: $"r{requests}");
                Assert.Equal(BudgetVerdict.Reserved, answer.Verdict);
                requests++;
                open[id] = 0;
            }
            else if (step < 94 && open.Count > 0)
            {
                string id = open.Keys.ElementAt(step % open.Count);
                open[id] += step * 100;
                bytes += step * 100;
                host.Report("a", id, open[id], isFinal: step % 2 == 0);
                if (step % 2 == 0)
                {
                    open.Remove(id);
                }
            }
            else if (step >= 94)
            {
                if (step < 97)
                {
                    await host.StopAsync();
                }

                await host.DisposeAsync();
                host = await LedgerHost.StartAsync(folder.Combine("budgets.db"), time);
                // As a new policy does: from here on a block is on the disk.
                await host.UseAsync("a", Thousand);
                requests++;
            }
        }

        await host.UseAsync("a", Thousand);
        Assert.True(Used(host).Requests > requests, $"{Used(host).Requests} of {requests} requests");
        Assert.True(Used(host).Bytes >= bytes, $"{Used(host).Bytes} of {bytes} bytes");
        await host.StopAsync();
        await host.DisposeAsync();
    }
}
