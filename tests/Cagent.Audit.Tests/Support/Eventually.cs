// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Audit.Tests.Support;

/// <summary>Waits for a condition that another thread brings about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using CancellationTokenSource limit = new(Limit);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"not within {Limit.TotalSeconds} s: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
