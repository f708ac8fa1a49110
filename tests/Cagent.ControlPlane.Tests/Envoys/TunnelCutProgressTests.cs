// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;

namespace Cagent.ControlPlane.Tests.Envoys;

public sealed class TunnelCutProgressTests
{
    [Fact]
    public void Observe_NothingOpenTwice_IsDoneWithoutACut()
    {
        TunnelCutProgress progress = New();
        Assert.False(progress.Observe(new TunnelCounts(0, 3, true)));
        Assert.Null(progress.Outcome);
        Assert.False(progress.Observe(new TunnelCounts(0, 3, true)));
        Assert.Equal(TunnelCutOutcome.NothingOpen, progress.Outcome);
    }

    [Fact]
    public void Observe_OpenAndArmed_CutsOnceAndEndsWhenEmpty()
    {
        TunnelCutProgress progress = New();
        Assert.True(progress.Observe(new TunnelCounts(2, 2, true)));
        Assert.False(progress.Observe(new TunnelCounts(3, 3, false)));
        Assert.False(progress.Observe(new TunnelCounts(0, 3, false)));
        Assert.False(progress.Observe(new TunnelCounts(0, 3, false)));
        Assert.Equal((TunnelCutOutcome.Ended, 2L), (progress.Outcome, progress.MostOpen));
    }

    [Fact]
    public void Observe_NotArmed_WaitsForTheNextGoodCheck()
    {
        TunnelCutProgress progress = New();
        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(progress.Observe(new TunnelCounts(1, 1, false))));
        Assert.True(progress.Observe(new TunnelCounts(1, 1, true)));
    }

    [Fact]
    public void Observe_StragglerAfterTheCut_IsCutWhenArmedAgain()
    {
        TunnelCutProgress progress = New();
        progress.Observe(new TunnelCounts(1, 1, true));
        Assert.False(progress.Observe(new TunnelCounts(1, 3, false)));
        Assert.True(progress.Observe(new TunnelCounts(1, 3, true)));
        Assert.Null(progress.Outcome);
    }

    [Fact]
    public void Observe_CutWithoutEffect_IsRepeatedNotFlooded()
    {
        TunnelCutProgress progress = New();
        int cuts = Enumerable.Range(0, 60).Count(_ => progress.Observe(new TunnelCounts(1, 1, true)));
        Assert.Equal(10, cuts);
    }

    [Fact]
    public void Observe_EntryStaysInUse_EndsWithTheOldOnesAndLeavesTheNew()
    {
        TunnelCutProgress progress = New(staysInUse: true);
        Assert.True(progress.Observe(new TunnelCounts(2, 5, true)));
        Assert.False(progress.Observe(new TunnelCounts(3, 6, false))); // the cut's own connection
        Assert.False(progress.Observe(new TunnelCounts(2, 7, false))); // one old, one new: 5 destroyed, but one is the cut's own
        Assert.Null(progress.Outcome);
        Assert.False(progress.Observe(new TunnelCounts(1, 7, false)));
        Assert.Equal(TunnelCutOutcome.Ended, progress.Outcome);
    }

    private static TunnelCutProgress New(bool staysInUse = false) => new(new TunnelTarget("gate@a:443", "gate_a_443", staysInUse));
}
