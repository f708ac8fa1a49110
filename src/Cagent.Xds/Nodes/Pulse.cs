// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Nodes;

/// <summary>Tells any number of waiters that something changed. Take <see cref="Next"/> before looking. Thread safe.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = New();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Beat() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
