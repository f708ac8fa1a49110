// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Nodes;

/// <summary>Tells any number of waiters that something changed. Take <see cref="Next"/> before looking. Thread safe.</summary>
internal sealed class Pulse
{
    // Null while nobody waits: thousands of streams beat it with each push.
    private TaskCompletionSource? _next;

    public Task Next => LazyInitializer.EnsureInitialized(ref _next, static () => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Beat() => Interlocked.Exchange(ref _next, null)?.TrySetResult();
}
