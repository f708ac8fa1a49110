// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using Cagent.Grpc.FanOut;
using Cagent.Grpc.Server;
using Grpc.Core;

namespace Cagent.Grpc.Load.Servers;

/// <summary>The streams that get pushes, written as <see cref="PushMode"/> says. Thread safe.</summary>
internal sealed class Subscribers(PushMode mode, int workers) : IDisposable
{
    private readonly Dispatcher _dispatcher = new(new DispatcherOptions { Workers = workers }, TimeProvider.System);
    private readonly Lock _lock = new();
    private ImmutableHashSet<Action<byte[], FramedMessage>> _all = [];

    public async Task ServeAsync(IServerStreamWriter<byte[]> responses, ServerCallContext context)
    {
        if (mode == PushMode.Dispatcher)
        {
            await using FanOutTarget target = _dispatcher.Attach(responses);
            target.Post(FramedMessage.Create([]));
            await SubscribedAsync((_, frame) => target.Post(frame), () => target.Completion.WaitAsync(context.CancellationToken));
            return;
        }

        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = context.CancellationToken.Register(() => end.TrySetCanceled());
        await responses.WriteAsync([]);
        IRawMessageWriter raw = (IRawMessageWriter)responses;

        // Every stream at once, unbounded: what a server does that has no dispatcher.
        await SubscribedAsync(
            (bytes, _) =>
            {
                Task write = mode == PushMode.Raw ? raw.WriteRawAsync(bytes, default, CancellationToken.None) : responses.WriteAsync(bytes);
                Debug.Assert(!write.IsFaulted, "The generator waits for a push before it orders the next.");
            },
            () => end.Task);
    }

    public void Push(int size)
    {
        byte[] bytes = new byte[size];
        FramedMessage frame = FramedMessage.Create(bytes);
        foreach (Action<byte[], FramedMessage> subscriber in _all)
        {
            subscriber(bytes, frame);
        }
    }

    public void Dispose() => _dispatcher.Dispose();

    private async Task SubscribedAsync(Action<byte[], FramedMessage> subscriber, Func<Task> end)
    {
        lock (_lock)
        {
            _all = _all.Add(subscriber);
        }

        try
        {
            await end();
        }
        finally
        {
            lock (_lock)
            {
                _all = _all.Remove(subscriber);
            }
        }
    }
}
