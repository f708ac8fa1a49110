// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client.Retries;

namespace Cagent.Grpc.Tests.Client;

public class RetryBudgetTests
{
    /// <summary>A write that ran when its call ended took room that nobody gave back; in the end no call of the channel was retried.</summary>
    [Fact]
    public void TryTake_AfterTheReturn_TakesNothing()
    {
        RetryBudget budget = new(perCall: 100, perChannel: 100);
        RetryBudget.Share share = new(budget);
        Assert.True(share.TryTake(10));
        share.Return();

        Assert.False(share.TryTake(10));
        share.Return();

        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public async Task TryTakeAndReturn_AtOnce_LeaveNothingTaken()
    {
        RetryBudget budget = new(perCall: 1_000_000, perChannel: 1_000_000);
        for (int i = 0; i < 2_000; i++)
        {
            RetryBudget.Share share = new(budget);
            using Barrier barrier = new(2);
            Task returning = Task.Run(() =>
            {
                barrier.SignalAndWait();
                share.Return();
            });
            barrier.SignalAndWait();
            while (share.TryTake(1))
            {
                // Until the other side has returned everything, or the call's part is used up.
            }

            await returning;
            Assert.Equal(0, budget.Taken);
        }
    }

    [Theory]
    [InlineData(10, 100)]
    [InlineData(100, 10)]
    public void TryTake_BeyondTheCallsOrTheChannelsPart_TakesNothing(long perCall, long perChannel)
    {
        RetryBudget budget = new(perCall, perChannel);
        RetryBudget.Share share = new(budget);
        Assert.True(share.TryTake(10));

        Assert.False(share.TryTake(1));

        Assert.Equal(10, budget.Taken);
    }
}
