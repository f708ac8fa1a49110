// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace Cagent.TestKit.Waiting;

/// <summary>Waits for a condition. The one place of the tests that lets time pass. Thread safe.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Enough for what takes milliseconds on an idle machine, on one that is busy with other tests.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The same with <see cref="Patience"/>.</summary>
    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(condition, Patience, what);

    /// <summary>Returns as soon as <paramref name="condition"/> holds; <see cref="TimeoutException"/> after <paramref name="timeout"/>.</summary>
    public static Task TrueAsync(
        Func<bool> condition,
        TimeSpan timeout,
        [CallerArgumentExpression(nameof(condition))] string what = "",
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return TrueAsync(() => Task.FromResult(condition()), timeout, what, cancellationToken);
    }

    /// <summary>The same for a condition that must itself be awaited, such as a request.</summary>
    public static async Task TrueAsync(
        Func<Task<bool>> condition,
        TimeSpan timeout,
        [CallerArgumentExpression(nameof(condition))] string what = "",
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > timeout)
            {
                throw new TimeoutException($"Not true within {timeout.TotalSeconds:0.###} s: {what}");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }
}
