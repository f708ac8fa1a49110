// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.PolicySource;

namespace Cagent.ControlPlane.Tests.PolicySource;

public sealed class DebounceWindowTests
{
    [Fact]
    public void Remaining_OneSignal_IsTheQuietTime()
    {
        DebounceWindow window = New();
        window.Signal(Ms(100));
        Assert.Equal(Ms(30), window.Remaining(Ms(100)));
        Assert.Equal(TimeSpan.Zero, window.Remaining(Ms(130)));
    }

    [Fact]
    public void Remaining_EndlessSignals_EndsAtTheMaximumDelay()
    {
        DebounceWindow window = New();
        int now = 0;
        do
        {
            window.Signal(Ms(now));
            now += 10;
        }
        while (window.Remaining(Ms(now)) > TimeSpan.Zero);
        Assert.Equal(250, now);
    }

    [Fact]
    public void Remaining_NoSignal_IsOver() => Assert.Equal(TimeSpan.Zero, New().Remaining(Ms(5)));

    private static DebounceWindow New() => new(Ms(30), Ms(250));

    private static TimeSpan Ms(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
