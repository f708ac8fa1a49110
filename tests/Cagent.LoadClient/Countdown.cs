// SPDX-License-Identifier: Apache-2.0
namespace Cagent.LoadClient;

/// <summary>Completes after a number of signals, fails at the first failure or after a minute. Thread safe.</summary>
internal sealed class Countdown(int count)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    public Task Done => _done.Task.WaitAsync(s_limit, TimeProvider.System);

    public void Signal()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _done.TrySetResult();
        }
    }

    public void Fail(string reason) => _done.TrySetException(new InvalidOperationException(reason));
}
