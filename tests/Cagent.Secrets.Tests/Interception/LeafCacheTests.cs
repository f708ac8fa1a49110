// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Domains;
using Cagent.Secrets.Interception;
using Cagent.Secrets.Tests.Support;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;

namespace Cagent.Secrets.Tests.Interception;

public sealed class LeafCacheTests : IDisposable
{
    private static readonly InterceptionScope GoodTest = new(name => name.Value.EndsWith(".good.test", StringComparison.Ordinal));

    private readonly TemporaryFolder _state = new();
    private readonly ManualTime _time = new();
    private readonly InterceptionCa _ca;
    private readonly RecordingLogger<LeafCache> _log = new();
    private readonly ConcurrentQueue<string> _events = new();
    private LeafCache _cache;

    public LeafCacheTests()
    {
        _ca = Pki.Open(_state, _time);
        _cache = New(new LeafOptions());
    }

    public void Dispose()
    {
        _cache.Dispose();
        _ca.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void Get_BeforeAnyPolicy_RefusesEverything()
    {
        using LeafCache cache = new(new LeafIssuer(_ca, new LeafOptions(), _time), new LeafOptions(), _time, _log);
        Assert.Equal(LeafRefusal.NotIntercepted, cache.Get("api.good.test").Refusal);
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Get_Twice_TheSameLeaf() => Assert.Same(Leaf("api.good.test"), Leaf("api.good.test"));

    [Theory]
    [InlineData("evil.test", LeafRefusal.NotIntercepted)]
    [InlineData("API.good.test", LeafRefusal.NotCanonical)]
    [InlineData("no-sni", LeafRefusal.NoName)]
    [InlineData("127.0.0.1", LeafRefusal.Address)]
    public void Get_Refused_MintsAndKeepsNothing(string sni, LeafRefusal expected)
    {
        Assert.Equal(new LeafAnswer(null, expected), _cache.Get(sni));
        Assert.Equal(0, _cache.Count);
        Assert.Equal(0, _log.CountOf(1420));
    }

    [Fact]
    public void Get_TextOfAnAgent_IsNotLogged()
    {
        _cache.Get("evil\r\nINFO: all is well");
        Assert.DoesNotContain("evil", _log.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ManyInParallel_MintsOnce()
    {
        using HeldTime held = new(_time);
        using LeafCache cache = new(new LeafIssuer(_ca, new LeafOptions(), held), new LeafOptions(), _time, _log);
        cache.UseScope(GoodTest);
        ConcurrentBag<Leaf?> leaves = [];
        Thread[] asking = [.. Enumerable.Range(0, 100).Select(_ => new Thread(() => leaves.Add(cache.Get("api.good.test").Leaf)))];
        Array.ForEach(asking, thread => thread.Start());
        await Eventually.TrueAsync(() => asking.All(thread => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin)), "one mints and the others wait");
        Assert.Equal(1, held.Waiting);
        held.Release();
        Array.ForEach(asking, thread => thread.Join());
        Assert.Equal(100, leaves.Count);
        Assert.NotNull(Assert.Single(leaves.Distinct()));
    }

    [Fact]
    public void Get_BeyondCapacity_DropsTheOneAskedForLongestAgo()
    {
        Use(new LeafOptions { Capacity = 2 });
        Leaf("a.good.test");
        Leaf("b.good.test");
        Leaf("a.good.test");
        Leaf("c.good.test");
        Assert.Equal(["removed b.good.test"], _events);
        Assert.False(_cache.TryFind(Pki.Host("b.good.test"), out _));
        Assert.True(_cache.TryFind(Pki.Host("a.good.test"), out _));
        Assert.Equal(2, _cache.Count);
    }

    [Fact]
    public void Get_ThousandsOfNames_StaysBounded()
    {
        Use(new LeafOptions { Capacity = 8 });
        for (int i = 0; i < 500; i++)
        {
            Leaf($"n{i}.good.test");
        }
        Assert.Equal(8, _cache.Count);
        Assert.Equal(492, _events.Count);
    }

    [Fact]
    public void Timer_TwoThirdsOfTheLife_RenewsAndSaysSo()
    {
        Leaf before = Leaf("api.good.test");
        _time.Advance((TimeSpan.FromDays(7) * 2 / 3) - TimeSpan.FromHours(1) - TimeSpan.FromMinutes(2));
        Assert.Same(before, Leaf("api.good.test"));
        _time.Advance(TimeSpan.FromMinutes(3));
        Leaf after = Leaf("api.good.test");
        Assert.NotEqual(before.Serial, after.Serial);
        Assert.Equal(["renewed api.good.test"], _events);
        Assert.True(_time.GetUtcNow() < before.NotAfter);
        Assert.Equal("", Pki.Verify(after.ChainPem, _ca.Trusted, _time.GetUtcNow().AddDays(6)));
    }

    [Fact]
    public void Timer_LeafThatCannotOutliveTheCa_IsNotRenewedOverAndOver()
    {
        _time.Advance(_ca.Certificate.NotAfter - _time.GetUtcNow() - TimeSpan.FromDays(2));
        Leaf("api.good.test");
        for (int i = 0; i < 40; i++)
        {
            _time.Advance(TimeSpan.FromHours(1));
        }
        Assert.Empty(_events);
        Assert.Equal(1, _log.CountOf(1420));
    }

    [Fact]
    public void Get_AfterTheCaExpired_IsRefusedAndNotRemembered()
    {
        Leaf("api.good.test");
        _time.Advance(_ca.Certificate.NotAfter - _time.GetUtcNow());
        Assert.Equal(LeafRefusal.IssuerFailed, _cache.Get("api.good.test").Refusal);
        Assert.Equal(LeafRefusal.IssuerFailed, _cache.Get("new.good.test").Refusal);
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public void Get_ExpiredBecauseTheTimerDidNotRun_MintsAnew()
    {
        Use(new LeafOptions { CheckInterval = TimeSpan.FromDays(60), IdleAfter = TimeSpan.FromDays(90) });
        Leaf before = Leaf("api.good.test");
        _time.Advance(TimeSpan.FromDays(8));
        Assert.NotEqual(before.Serial, Leaf("api.good.test").Serial);
        Assert.Equal(["renewed api.good.test"], _events);
    }

    [Fact]
    public void Timer_NobodyAsked_DropsInsteadOfRenewing()
    {
        Use(new LeafOptions { IdleAfter = TimeSpan.FromDays(2) });
        Leaf("idle.good.test");
        _time.Advance(TimeSpan.FromDays(1));
        Leaf("busy.good.test");
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["removed idle.good.test"], _events);
        Assert.True(_cache.TryFind(Pki.Host("busy.good.test"), out _));
    }

    [Fact]
    public void UseScope_NarrowerPolicy_DropsWhatItNoLongerIntercepts()
    {
        Leaf kept = Leaf("a.good.test");
        Leaf("b.good.test");
        _cache.UseScope(new InterceptionScope(name => name.Value == "a.good.test"));
        Assert.Equal(["removed b.good.test"], _events);
        Assert.Equal(LeafRefusal.NotIntercepted, _cache.Get("b.good.test").Refusal);
        Assert.Same(kept, Leaf("a.good.test"));
        _cache.UseScope(GoodTest);
        Assert.NotNull(_cache.Get("b.good.test").Leaf);
    }

    [Fact]
    public async Task UseScope_WhileManyAsk_NothingRefusedStays()
    {
        using CancellationTokenSource stop = new();
        Task[] asking = [.. Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
            {
                _cache.Get($"n{i % 20}.good.test");
            }
        }))];
        for (int round = 0; round < 50; round++)
        {
            _cache.UseScope(GoodTest);
            await Eventually.TrueAsync(() => _cache.Count > 0, "something is minted");
            _cache.UseScope(InterceptionScope.None);
            Assert.Equal(0, _cache.Count);
        }
        await stop.CancelAsync();
        await Task.WhenAll(asking);
    }

    [Fact]
    public void Timer_HandlerThrows_NextPassStillWorks()
    {
        _cache.Renewed += _ => throw new InvalidOperationException("handler");
        Leaf("api.good.test");
        _time.Advance(TimeSpan.FromDays(5));
        _time.Advance(TimeSpan.FromDays(5));
        Assert.Equal(2, _log.CountOf(1423));
        Assert.Equal(2, _events.Count);
    }

    [Fact]
    public void Logs_OfMinting_HoldNoKey()
    {
        string body = Leaf("api.good.test").KeyPem.Reveal().Split('\n')[1];
        Assert.DoesNotContain(body[^20..], _log.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", _log.Everything, StringComparison.Ordinal);
    }

    private Leaf Leaf(string sni) => _cache.Get(sni).Leaf ?? throw new InvalidOperationException($"no leaf for {sni}");

    private void Use(LeafOptions options)
    {
        _cache.Dispose();
        _cache = New(options);
    }

    private LeafCache New(LeafOptions options)
    {
        LeafCache cache = new(new LeafIssuer(_ca, options, _time), options, _time, _log);
        cache.Renewed += names => Record("renewed", names);
        cache.Removed += names => Record("removed", names);
        cache.UseScope(GoodTest);
        return cache;
    }

    private void Record(string what, IEnumerable<HostName> names)
    {
        foreach (HostName name in names)
        {
            _events.Enqueue($"{what} {name}");
        }
    }
}
