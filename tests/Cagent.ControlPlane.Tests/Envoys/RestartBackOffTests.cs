// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;

namespace Cagent.ControlPlane.Tests.Envoys;

public sealed class RestartBackOffTests
{
    [Fact]
    public void Next_QuickExits_AreImmediateOnceThenDoubleToTheMaximum()
    {
        RestartBackOff backOff = New();
        int[] delays = [.. Enumerable.Range(0, 9).Select(_ => (int)backOff.Next(TimeSpan.FromSeconds(1)).TotalMilliseconds)];
        Assert.Equal([0, 100, 200, 400, 800, 1600, 3200, 5000, 5000], delays);
    }

    [Fact]
    public void Next_AfterAHealthyRun_StartsOver()
    {
        RestartBackOff backOff = New();
        backOff.Next(TimeSpan.Zero);
        backOff.Next(TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, backOff.Next(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, backOff.Attempt);
    }

    [Fact]
    public void Next_Thousands_DoesNotOverflow()
    {
        RestartBackOff backOff = New();
        Assert.All(Enumerable.Range(0, 5000), _ => Assert.InRange(backOff.Next(TimeSpan.Zero), TimeSpan.Zero, TimeSpan.FromSeconds(5)));
    }

    private static RestartBackOff New() => new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
}
