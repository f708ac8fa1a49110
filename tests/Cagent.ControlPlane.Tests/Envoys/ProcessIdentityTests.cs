// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;

namespace Cagent.ControlPlane.Tests.Envoys;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void OfRunning_OurselvesTwice_IsTheSame()
    {
        ProcessIdentity? us = ProcessIdentity.OfRunning(Environment.ProcessId);
        Assert.NotNull(us);
        Assert.True(us.Value.IsRunning);
        Assert.False((us.Value with { StartTicks = us.Value.StartTicks + 1 }).IsRunning);
    }

    [Theory]
    [InlineData("7 (x) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 0 0", 'S', 4711)]
    [InlineData("7 (a) b) (c) Z 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 0 0", 'Z', 4711)]
    public void TryParseStat_AnyName_FindsTheFields(string stat, char state, ulong ticks)
    {
        Assert.True(ProcessIdentity.TryParseStat(stat, out char foundState, out ulong foundTicks));
        Assert.Equal((state, ticks), (foundState, foundTicks));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7 (x")]
    [InlineData("7 (x) S 1 2")]
    public void TryParseStat_Torn_IsRefused(string stat) => Assert.False(ProcessIdentity.TryParseStat(stat, out _, out _));
}
