// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cagent.Grpc.Http2.Streams;
using Cagent.Grpc.Http2;
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Server;

/// <summary>
/// The only way to a call's response body. One holder at a time: a running write, or whoever ends the call.
/// </summary>
internal sealed partial class ResponseWriter(IHttpResponseBodyFeature body, CallEnvironment environment, IResponseOwner owner) : IDisposable
{
    // A large message leaves in pieces: fair to the connection's other streams, and the write timeout means progress.
    private const int ChunkSize = 64 * 1024;

    // So little may leave together with the trailers, without a flush of its own and so without a write timeout.
    private const int MaxUnflushed = 16 * 1024;

    private readonly MessageSerializer _serializer = new(environment.MaxSendMessageSize);
    // Idle -> Busy -> Idle … -> a final state. Only the holder (the running write, or whoever set Ended or Expired)
    // touches the pipe and the headers.
    private ResponseState _state;

    // Set by the deadline while a write runs: that write may end, no other begins.
    private volatile bool _isRefusing;

    // Bytes in the pipe since the last flush. Touched by the holder only.
    private int _unflushed;

    // Whether the holder writes by the steps in .Framed. Touched by it only.
    private bool _isFraming;

    // Made by the first flush: a small unary call has none. A watch that is made after the disposal is disposed by its maker.
    private WriteWatch? _watch;
    private bool _isDisposed;

    /// <summary>Whether any body byte was written. Read by the holder only.</summary>
    public bool HasBody { get; private set; }

    /// <summary>Whether messages are compressed unless a write says otherwise.</summary>
    public bool IsCompressing { get; set; }

    public Task WriteAsync<T>(T message, Action<T, SerializationContext> serializer, WriteOptions? options, CancellationToken cancellationToken)
    {
        WriteFlags flags = options?.Flags ?? default;
        return WriteMessageAsync(message, serializer, flags, (flags & WriteFlags.BufferHint) == 0, cancellationToken);
    }

    /// <summary>Writes the only message of a call; a small one leaves together with the trailers.</summary>
    public Task WriteLastAsync<T>(T message, Action<T, SerializationContext> serializer, WriteOptions? options) =>
        WriteMessageAsync(message, serializer, options?.Flags ?? default, flush: false, CancellationToken.None);

    public async Task WriteRawAsync(ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> tail, CancellationToken cancellationToken)
    {
        long length = (long)message.Length + tail.Length;
        if (length > environment.MaxSendMessageSize)
        {
            throw new RpcException(WireStatuses.SendLimit((int)Math.Min(length, int.MaxValue), environment.MaxSendMessageSize));
        }

        Enter(cancellationToken);
        try
        {
            FrameWriter.WriteHeader(body.Writer.GetSpan(FrameReader.HeaderSize), isCompressed: false, (int)length);
            body.Writer.Advance(FrameReader.HeaderSize);
            _unflushed += FrameReader.HeaderSize;
            HasBody = true;
            await WriteSharedAsync(message, tail, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Sends the headers alone. <paramref name="setHeaders"/> runs as the holder.</summary>
    public async Task StartAsync(Action setHeaders)
    {
        Enter(CancellationToken.None);
        try
        {
            setHeaders();
            await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Takes the response for good, to end it. Returns the state that was found: Idle means success.</summary>
    public ResponseState TryEnd(ResponseState final) => Interlocked.CompareExchange(ref _state, final, ResponseState.Idle);

    /// <summary>Takes the response from a write that the handler has left behind, as <see cref="TryBreak"/> does; the reset must follow.</summary>
    public bool TryLeaveBehind()
    {
        if (!TryBreak())
        {
            return false;
        }

        (body.Writer as ISharedBytesWriter)?.LeaveToWriter();
        return true;
    }

    /// <summary>Takes the response from a running write, whose message is then cut. False when none runs.</summary>
    public bool TryBreak() => Interlocked.CompareExchange(ref _state, ResponseState.Broken, ResponseState.Busy) == ResponseState.Busy;

    /// <summary>Lets a running write end and forbids the next.</summary>
    public void RefuseWrites() => _isRefusing = true;

    /// <summary>Frees the timer. After it no callback touches the features, which Kestrel uses again over HTTP/1.1.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Interlocked.MemoryBarrier();
        _watch?.Dispose();
    }

    private async Task WriteMessageAsync<T>(T message, Action<T, SerializationContext> serializer, WriteFlags flags, bool flush, CancellationToken cancellationToken)
    {
        Enter(cancellationToken);
        try
        {
            bool compress = IsCompressing && (flags & WriteFlags.NoCompress) == 0;

            // Serialised apart from the pipe: a serializer that fails half-way leaves no bytes on the wire.
            ReadOnlyMemory<byte> frame = _serializer.Serialize(message, serializer, compress);
            HasBody = true;
            await WriteChunksAsync(frame, cancellationToken).ConfigureAwait(false);
            if (flush || _unflushed > MaxUnflushed)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _serializer.Release();
            Exit();
        }
    }

    private async ValueTask WriteSharedAsync(ReadOnlyMemory<byte> message, ReadOnlyMemory<byte> tail, CancellationToken cancellationToken)
    {
#pragma warning disable RS0030 // TryGetArray is safe: it tells the array behind a memory. A gather send takes nothing else.
        if (body.Writer is not ISharedBytesWriter || !MemoryMarshal.TryGetArray(message, out ArraySegment<byte> shared))
#pragma warning restore RS0030
        {
            await WriteChunksAsync(message, cancellationToken).ConfigureAwait(false);
            await WriteChunksAsync(tail, cancellationToken).ConfigureAwait(false);
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        while (shared.Count > ChunkSize)
        {
            await FinishAsync(SendSharedAsync(shared[..ChunkSize], default), cancellationToken).ConfigureAwait(false);
            shared = shared[ChunkSize..];
        }

        _unflushed = 0;
        await FinishAsync(SendSharedAsync(shared, tail), cancellationToken).ConfigureAwait(false);
    }

    private ValueTask WriteChunksAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length > ChunkSize - _unflushed)
        {
            return WriteManyChunksAsync(bytes, cancellationToken);
        }

        body.Writer.Write(bytes.Span);
        _unflushed += bytes.Length;
        return ValueTask.CompletedTask;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteManyChunksAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            if (_unflushed >= ChunkSize)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            int count = Math.Min(bytes.Length, ChunkSize - _unflushed);
            body.Writer.Write(bytes.Span[..count]);
            bytes = bytes[count..];
            _unflushed += count;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        _unflushed = 0;

        // Without the token, which would end the stream as if the server had failed.
        await FinishAsync(body.Writer.FlushAsync(CancellationToken.None), cancellationToken).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FinishAsync(ValueTask<FlushResult> flush, CancellationToken cancellationToken)
    {
        FlushResult result;
        if (flush.IsCompletedSuccessfully)
        {
            result = await flush.ConfigureAwait(false);
        }
        else
        {
            result = await WatchAsync(flush, cancellationToken).ConfigureAwait(false);
        }

        if (result.IsCompleted || result.IsCanceled)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw owner.StreamIsGone(null);
        }
    }

    /// <summary>Ends a flush whose token is cancelled. Part of the message may be out, so nothing may follow it.</summary>
    private void Cut() => _watch!.WhileOpen(static self =>
    {
        if (self.TryBreak())
        {
            self.ResetCut();
        }
    }, this);

    private void ResetCut() => owner.Reset((int)Http2ErrorCode.Cancel);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> WatchAsync(ValueTask<FlushResult> flush, CancellationToken cancellationToken)
    {
        Watch().Begin();
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((ResponseWriter)state!).Cut(), this);
        try
        {
            return await flush.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw owner.StreamIsGone(e);
        }
        finally
        {
            _watch!.End();
        }
    }

    private WriteWatch Watch()
    {
        if (_watch is null)
        {
            _watch = new WriteWatch(environment, owner);
            Interlocked.MemoryBarrier();
            if (_isDisposed)
            {
                _watch.Dispose();
            }
        }

        return _watch;
    }

    private void Enter(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_isRefusing)
        {
            throw owner.WriteAfterEnd();
        }

        switch (Interlocked.CompareExchange(ref _state, ResponseState.Busy, ResponseState.Idle))
        {
            case ResponseState.Idle:
                return;
            case ResponseState.Busy:
                throw new InvalidOperationException("Another write of this call is running.");
            default:
                throw owner.WriteAfterEnd();
        }
    }

    private void Exit() => Interlocked.CompareExchange(ref _state, ResponseState.Idle, ResponseState.Busy);
}
