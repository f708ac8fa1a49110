// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using Cagent.Grpc.Client;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Http2;
using Cagent.TestKit.Waiting;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>
/// Everything that a call could leave behind: itself in a gauge, buffers, timers, kept requests, objects that something still holds,
/// exceptions that nobody saw, and memory. Make it before the host, and give its clock to both sides.
/// The counters are the process's, so nothing may run beside a test that uses it. Thread safe.
/// </summary>
internal sealed class Ledger : IDisposable
{
    /// <summary>What pools, compiled code and the test platform may keep meanwhile.</summary>
    private const long MemoryTolerance = 16 * 1024 * 1024;

    private readonly RentedBuffers _buffers = new();
    private readonly ConcurrentQueue<WeakReference> _calls = new();
    private readonly ConcurrentQueue<Exception> _unseen = new();
    private long? _baseline;

    public Ledger()
    {
        // What earlier tests left is not ours.
        Collect();
        TaskScheduler.UnobservedTaskException += OnUnseen;
    }

    public Gauges Gauges { get; } = new();

    public CountingTime Time { get; } = new();

    /// <summary>The bytes that were held when it was last looked at.</summary>
    public long Memory { get; private set; }

    /// <summary>Remembers a call, or what only the call holds, without holding it.</summary>
    public void Track(object call) => _calls.Enqueue(new WeakReference(call));

    /// <summary>Takes the memory of the last look, after a warm-up, as what may be held afterwards.</summary>
    public void TakeBaseline() => _baseline = Memory;

    /// <summary>Waits until nothing of any call is left, and fails with what is.</summary>
    public async Task VerifyAsync(HttpChannel channel, TestService? service = null)
    {
        string? left = null;
        try
        {
            await Eventually.TrueAsync(() => (left = FindRunning(channel, service) ?? FindHeld()) is null, TestHost.Patience, "nothing is left");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"Left behind: {left}", e);
        }

        // If the counters were not read, all of this would be empty.
        Assert.True(_buffers.Total > 0 && !_calls.IsEmpty);
        Assert.Empty(_unseen);
    }

    public void Dispose()
    {
        TaskScheduler.UnobservedTaskException -= OnUnseen;
        _buffers.Dispose();
        Gauges.Dispose();
    }

    private static long Collect()
    {
        // Finalizers let go of objects and tell of unobserved exceptions.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private string? FindRunning(HttpChannel channel, TestService? service) =>
        Gauges.Calls != 0 ? Text($"{Gauges.Calls} calls at the server")
        : Gauges.ClientCalls != 0 ? Text($"{Gauges.ClientCalls} calls at the client")
        : service is { Running: > 0 } ? Text($"{service.Running} handlers")
        : Time.Live != 0 ? Text($"{Time.Live} of {Time.Made} timers")
        : channel.RetryBudget.Taken != 0 ? Text($"{channel.RetryBudget.Taken} bytes of requests for a retry")
        : _buffers.Outstanding != 0 ? Text($"{_buffers.Outstanding} of {_buffers.Total} buffers:\n{_buffers.Describe()}")
        : null;

    private string? FindHeld()
    {
        Memory = Collect();
        int held = _calls.Count(call => call.IsAlive);
        return held != 0 ? Text($"{held} of {_calls.Count} objects")
            : Memory - _baseline > MemoryTolerance ? Text($"{Memory} bytes, {_baseline} at first")
            : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void OnUnseen(object? sender, UnobservedTaskExceptionEventArgs e) => _unseen.Enqueue(e.Exception);
}
