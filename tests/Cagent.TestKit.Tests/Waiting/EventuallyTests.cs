// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tests.Waiting;

public sealed class EventuallyTests
{
    [Fact]
    public async Task TrueAsync_LaterTrue_Returns()
    {
        int calls = 0;
        await Eventually.TrueAsync(() => ++calls == 3, TimeSpan.FromSeconds(20));
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task TrueAsync_NeverTrue_NamesTheCondition()
    {
        bool pigsFly = false;
        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.TrueAsync(() => pigsFly, TimeSpan.FromMilliseconds(30)));
        Assert.Contains("pigsFly", error.Message, StringComparison.Ordinal);
    }
}
