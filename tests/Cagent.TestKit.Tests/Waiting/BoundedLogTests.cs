// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tests.Waiting;

public sealed class BoundedLogTests
{
    [Fact]
    public void Add_Full_DropsTheOldest()
    {
        BoundedLog<int> log = new(3);
        foreach (int value in Enumerable.Range(1, 5))
        {
            log.Add(value);
        }

        Assert.Equal([3, 4, 5], log.Snapshot());
        Assert.Equal(5, log.Total);
    }

    [Fact]
    public void Since_ReturnsWhatIsNewAndKept()
    {
        BoundedLog<int> log = new(3);
        long seen = 0;
        log.Add(1);
        Assert.Equal([1], log.Since(ref seen));
        Assert.Empty(log.Since(ref seen));
        foreach (int value in Enumerable.Range(2, 5))
        {
            log.Add(value);
        }

        Assert.Equal([4, 5, 6], log.Since(ref seen));
        log.Clear();
        log.Add(7);
        Assert.Equal([7], log.Since(ref seen));
    }
}
