// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Cagent.Grpc.Server;
using Grpc.Core;

namespace Cagent.Grpc.FanOut;

/// <summary>
/// One stream of a <see cref="Dispatcher"/>: a slot for the newest message in place of a queue, so that a slow client gets
/// the newest and never a backlog. Made by <see cref="Dispatcher.Attach"/>; dispose it before the handler returns. Thread-safe.
/// </summary>
/// <remarks>
/// Whoever holds the state Writing, Slow or Returning has the message in work; continuations are plain delegates and not
/// async methods, because a push to thousands of streams would otherwise allocate several objects for each.
/// </remarks>
public sealed class FanOutTarget : IAsyncDisposable
{
    private readonly Dispatcher _dispatcher;
    private readonly ResponseWriter _writer;
    private readonly Action _onFlushed;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The message in work and how much of it is in the pipe. Touched by the one step that runs.
    private FramedMessage? _message;
    private ReadOnlyMemory<byte> _tail;
    private int _written;
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _flush;

    internal FanOutTarget(Dispatcher dispatcher, ResponseWriter writer)
    {
        _dispatcher = dispatcher;
        _writer = writer;
        _onFlushed = OnFlushed;
    }

    /// <summary>
    /// Ends when the stream takes no more messages: successfully after <see cref="DisposeAsync"/>, with
    /// <see cref="OperationCanceledException"/> when the client is gone or was reset because it did not read,
    /// with <see cref="RpcException"/> when a message was larger than the send limit.
    /// A handler awaits it, so that its call ends with the stream.
    /// </summary>
    public Task Completion => _completion.Task;

    // All guarded by the dispatcher's lock.
    internal FanOutState State { get; set; }

    internal FramedMessage? Wanted { get; set; }

    internal ReadOnlyMemory<byte> WantedTail { get; set; }

    internal bool HasWritten { get; set; }

    internal bool IsClosing { get; set; }

    internal int Worker { get; set; }

    internal TaskCompletionSource<bool>? Idle { get; set; }

    /// <summary>When the running flush began to wait; 0 when none waits.</summary>
    internal long WaitsSince;

    /// <summary>
    /// Wants a message written; it replaces one that is not begun. Never blocks and never runs a write on the caller's thread.
    /// </summary>
    /// <param name="message">The shared message.</param>
    /// <param name="tail">This stream's end of it, of exactly <see cref="FramedMessage.TailLength"/> bytes; not changed until written.</param>
    /// <returns>False when the stream takes no more messages.</returns>
    /// <exception cref="ArgumentException">The tail has the wrong length.</exception>
    public bool Post(FramedMessage message, ReadOnlyMemory<byte> tail = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return tail.Length == message.TailLength
            ? _dispatcher.Post(this, message, tail)
            : throw new ArgumentException($"The tail has {tail.Length} bytes in place of {message.TailLength}.", nameof(tail));
    }

    /// <summary>Waits until nothing is wanted or being written.</summary>
    /// <returns>True when the newest message is with the connection; false when the stream ended before.</returns>
    public Task<bool> WhenWrittenAsync() => _dispatcher.WhenIdle(this);

    /// <summary>Drops a message that is not begun and waits for the one that is, at most until the write timeout ends it.</summary>
    /// <returns>Completes when the dispatcher does not touch the call any more.</returns>
    public async ValueTask DisposeAsync() => await _dispatcher.CloseAsync(this).ConfigureAwait(false);

    /// <summary>Takes up a message. The caller holds the dispatcher's lock.</summary>
    internal void Begin()
    {
        _message = Wanted;
        _tail = WantedTail;
        _written = 0;
        Wanted = null;
        WantedTail = default;
    }

    /// <summary>Writes until a flush waits or the message is out; the stream holds a worker.</summary>
    internal void Step()
    {
        try
        {
            if (_written == 0)
            {
                _writer.BeginFrame(_message!.Length);
            }

            while (!IsOut)
            {
                ArraySegment<byte> shared = _message!.Bytes;
                ReadOnlyMemory<byte> tail = _tail[Math.Max(0, _written - shared.Count)..];
                ValueTask<FlushResult> flush = _writer.BeginFlush(shared[Math.Min(_written, shared.Count)..], tail, out int count);
                _written += count;
                _flush = flush.ConfigureAwait(false).GetAwaiter();
                if (!_flush.IsCompleted)
                {
                    Volatile.Write(ref WaitsSince, _dispatcher.Now);
                    _flush.UnsafeOnCompleted(_onFlushed);
                    return;
                }

                EndFlush();
            }
        }
        catch (Exception e)
        {
            End(e);
            return;
        }

        End(null);
    }

    internal void Close(Exception? failure)
    {
        if (failure is null)
        {
            _completion.TrySetResult();
        }
        else if (_completion.TrySetException(failure))
        {
            // Observed: a handler that waits for something else instead must not raise an unobserved exception.
            _ = _completion.Task.Exception;
        }
    }

    private bool IsOut => _written == _message!.Bytes.Count + _tail.Length;

    private void OnFlushed()
    {
        Volatile.Write(ref WaitsSince, 0);
        try
        {
            EndFlush();
        }
        catch (Exception e)
        {
            End(e);
            _dispatcher.Work();
            return;
        }

        if (IsOut)
        {
            End(null);
        }
        else if (_dispatcher.KeepsWorker(this))
        {
            Step();
        }

        _dispatcher.Work();
    }

    private void EndFlush()
    {
        ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter flush = _flush;
        _flush = default;
        _writer.EndFlush(flush);
    }

    private void End(Exception? failure)
    {
        _message = null;
        _tail = default;
        _writer.EndFrame();
        _dispatcher.Ended(this, failure);
    }
}
