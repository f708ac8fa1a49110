// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;

namespace Cagent.ControlPlane.Tests.Envoys;

public sealed class TunnelCutProgressTests
{
    [Fact]
    public void Observe_NothingOpenTwice_IsDoneWithoutACut()
    {
        TunnelCutProgress progress = New();
        Assert.False(progress.Observe(new TunnelCounts(0, 3, true), isInUse: false));
        Assert.Null(progress.Outcome);
        Assert.False(progress.Observe(new TunnelCounts(0, 3, true), isInUse: false));
        Assert.Equal(TunnelCutOutcome.NothingOpen, progress.Outcome);
    }

    [Fact]
    public void Observe_OpenAndArmed_CutsOnceAndEndsWhenEmpty()
    {
        TunnelCutProgress progress = New();
        Assert.True(progress.Observe(new TunnelCounts(2, 2, true), isInUse: false));
        Assert.False(progress.Observe(new TunnelCounts(3, 3, false), isInUse: false));
        Assert.False(progress.Observe(new TunnelCounts(0, 3, false), isInUse: false));
        Assert.False(progress.Observe(new TunnelCounts(0, 3, false), isInUse: false));
        Assert.Equal((TunnelCutOutcome.Ended, 2L), (progress.Outcome, progress.MostOpen));
    }

    [Fact]
    public void Observe_NotArmed_WaitsForTheNextGoodCheck()
    {
        TunnelCutProgress progress = New();
        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(progress.Observe(new TunnelCounts(1, 1, false), isInUse: false)));
        Assert.True(progress.Observe(new TunnelCounts(1, 1, true), isInUse: false));
    }

    [Fact]
    public void Observe_StragglerAfterTheCut_IsCutWhenArmedAgain()
    {
        TunnelCutProgress progress = New();
        progress.Observe(new TunnelCounts(1, 1, true), isInUse: false);
        Assert.False(progress.Observe(new TunnelCounts(1, 3, false), isInUse: false));
        Assert.True(progress.Observe(new TunnelCounts(1, 3, true), isInUse: false));
        Assert.Null(progress.Outcome);
    }

    [Fact]
    public void Observe_CutWithoutEffect_IsRepeatedNotFlooded()
    {
        TunnelCutProgress progress = New();
        int cuts = Enumerable.Range(0, 60).Count(_ => progress.Observe(new TunnelCounts(1, 1, true), isInUse: false));
        Assert.Equal(10, cuts);
    }

    [Fact]
    public void Observe_EntryStaysInUse_EndsWithTheOldOnesAndLeavesTheNew()
    {
        TunnelCutProgress progress = New();
        Assert.True(progress.Observe(new TunnelCounts(2, 5, true), isInUse: true));
        Assert.False(progress.Observe(new TunnelCounts(3, 6, false), isInUse: true)); // the cut's own connection
        Assert.False(progress.Observe(new TunnelCounts(2, 7, false), isInUse: true)); // one old, one new: 5 destroyed, but one is the cut's own
        Assert.Null(progress.Outcome);
        Assert.False(progress.Observe(new TunnelCounts(1, 7, false), isInUse: true));
        Assert.Equal(TunnelCutOutcome.Ended, progress.Outcome);
    }

    [Fact]
    public void Observe_EntryComesBackWhileItIsCut_LeavesTheNewOnes()
    {
        TunnelCutProgress progress = New();
        Assert.True(progress.Observe(new TunnelCounts(1, 1, true), isInUse: false));
        Assert.False(progress.Observe(new TunnelCounts(1, 3, false), isInUse: true)); // the old one and the cut's have gone, a new one came
        Assert.Equal(TunnelCutOutcome.Ended, progress.Outcome);
    }

    [Fact]
    public void Observe_ArmedAgainBeforeAnyoneLooked_CutsNoNewOnes()
    {
        TunnelCutProgress progress = New();
        Assert.True(progress.Observe(new TunnelCounts(1, 1, true, Cuts: 4), isInUse: true));
        Assert.False(progress.Observe(new TunnelCounts(1, 3, true, Cuts: 5), isInUse: true));
        Assert.Equal(TunnelCutOutcome.Ended, progress.Outcome);
    }

    private static TunnelCutProgress New() => new(new TunnelTarget("gate@a:443", "gate_a_443"));
}
