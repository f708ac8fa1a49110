// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.TestKit.Time;

namespace Cagent.ExtAuthz.Tests;

public sealed class WildcardNamesTests
{
    private readonly ManualTime _time = new();
    private readonly WildcardNames _names;

    public WildcardNamesTests() => _names = new WildcardNames(_time);

    [Fact]
    public void TryUse_MoreNamesThanOneWildcardMayHave_RefusesNewOnesAndTakesThoseInUse()
    {
        Assert.Equal(WildcardNames.OfOneWildcard, Use("ci", "*.a", 0, WildcardNames.OfOneWildcard + 10));

        Assert.True(_names.TryUse("ci", "*.a", "n0"));
        Assert.True(_names.TryUse("ci", "*.b", "n0"));
        Assert.True(_names.TryUse("dev", "*.a", "new"));
        Assert.False(_names.TryUse("ci", "*.a", "new"));
    }

    [Fact]
    public void TryUse_ManyWildcards_BoundsTheAgent()
    {
        int taken = Enumerable.Range(0, 10).Sum(wildcard => Use("ci", $"*.{wildcard}", 0, 200));

        Assert.Equal(WildcardNames.OfOneAgent, taken);
        Assert.True(_names.TryUse("dev", "*.0", "n0"));
    }

    [Fact]
    public void TryUse_ANameThatNobodyUses_MakesRoom_AndOneInUseDoesNot()
    {
        Use("ci", "*.a", 0, WildcardNames.OfOneWildcard);
        _time.Advance(TimeSpan.FromSeconds(200));
        Assert.True(_names.TryUse("ci", "*.a", "n7"));
        _time.Advance(TimeSpan.FromSeconds(131));

        Assert.Equal(WildcardNames.OfOneWildcard - 1, Use("ci", "*.a", 1000, 400));
        Assert.Equal(WildcardNames.OfOneWildcard, _names.Count);
        Assert.True(_names.TryUse("ci", "*.a", "n7"));
    }

    /// <summary>Many agents together fill two thirds, and the rest is for those who have little.</summary>
    [Fact]
    public void TryUse_ManyAgentsThatFlood_LeaveTheirShareToOthers()
    {
        int floods = Enumerable.Range(0, 20).Sum(agent => Use($"flood{agent}", "*.a", 0, 256) + Use($"flood{agent}", "*.b", 0, 256));
        Assert.InRange(floods, WildcardNames.OfAll * 2 / 3, WildcardNames.OfAll);
        Assert.Equal(WildcardNames.FairShare, Use("ci", "*.a", 0, 200));

        _ = Enumerable.Range(0, 1000).Sum(agent => Use($"more{agent}", "*.a", 0, 100));
        Assert.Equal(WildcardNames.OfAll, _names.Count);
    }

    [Fact]
    public async Task TryUse_FromManyThreads_CountsExactly()
    {
        int taken = 0;
        await Parallel.ForAsync(0, 2000, (number, _) =>
        {
            if (_names.TryUse("ci", "*.a", string.Create(CultureInfo.InvariantCulture, $"n{number}")))
            {
                Interlocked.Increment(ref taken);
            }

            return ValueTask.CompletedTask;
        });

        Assert.Equal((WildcardNames.OfOneWildcard, WildcardNames.OfOneWildcard), (taken, _names.Count));
    }

    private int Use(string agent, string wildcard, int first, int count) =>
        Enumerable.Range(first, count).Count(number => _names.TryUse(agent, wildcard, string.Create(CultureInfo.InvariantCulture, $"n{number}")));
}
