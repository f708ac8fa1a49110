// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client.Connections;

namespace Cagent.Grpc.Tests.Client;

public class BackoffTests
{
    [Fact]
    public void Next_WithTheDefaults_GrowsFromOneSecondBy1Point6To120Seconds()
    {
        Backoff backoff = new(Backoff.DefaultInitial, Backoff.DefaultMaximum, () => 0.5);

        double[] waits = [.. Enumerable.Range(0, 14).Select(_ => Math.Round(backoff.Next().TotalSeconds, 3))];

        Assert.Equal([1, 1.6, 2.56, 4.096, 6.554, 10.486, 16.777, 26.844, 42.95, 68.719, 109.951, 120, 120, 120], waits);
    }

    [Theory]
    [InlineData(0, 0.8)]
    [InlineData(0.25, 0.9)]
    [InlineData(1, 1.2)]
    public void Next_Random_VariesByAFifthWithoutChangingTheGrowth(double random, double factor)
    {
        Backoff backoff = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(16), () => random);

        Assert.Equal(10 * factor, backoff.Next().TotalSeconds, 6);
        Assert.Equal(16 * factor, backoff.Next().TotalSeconds, 6);
        backoff.Reset();
        Assert.Equal(10 * factor, backoff.Next().TotalSeconds, 6);
    }

    [Fact]
    public void Next_InitialAboveTheMaximum_IsTheMaximum() =>
        Assert.Equal(1, new Backoff(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), () => 0.5).Next().TotalSeconds);
}
