// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.IO.Pipelines;
using Cagent.Grpc.Http2.Frames;
using Cagent.Grpc.Http2.Streams;
using Cagent.Grpc.Server;
using Microsoft.AspNetCore.Connections;

namespace Cagent.Grpc.Http2;

/// <summary>The end of a connection (RFC 9113, sections 5.4.1 and 6.8).</summary>
internal sealed partial class Http2Connection
{
    // The largest number: every call that is on its way is served.
    private const int AllStreams = int.MaxValue;

    // Written under the lock, or by the reader.
    private volatile bool _isClosing;
    private volatile bool _isEnding;
    private long _closingSince;

    // The reader's own: nobody is there to be told.
    private bool _isLost;

    /// <summary>Lets the client go on with its calls and begin none; the connection ends with the last of them.</summary>
    private void CloseGracefully()
    {
        lock (Output.Sync)
        {
            if (_isClosing)
            {
                return;
            }

            _closingSince = _environment.Time.GetTimestamp();
            _isClosing = true;
            if (_isOpen)
            {
                AddGoAway(AllStreams, Http2ErrorCode.NoError);
            }
        }

        Output.Flush();
        WakeReader();
    }

    // On the pool: with TLS the reader would go on right here, on a thread that may hold the lock or be Kestrel's heart.
    private void WakeReader() => ThreadPool.UnsafeQueueUserWorkItem(
        static input =>
        {
            try
            {
                input.CancelPendingRead();
            }
            catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
            {
                // The connection has ended meanwhile, and its reader with it.
            }
        },
        _input,
        preferLocal: false);

    /// <summary>Whether the reader has to stop.</summary>
    private bool IsToEnd()
    {
        if (_timeout is { } timeout)
        {
            throw timeout;
        }

        lock (Output.Sync)
        {
            return _isClosing && _streams.Count == 0;
        }
    }

    private void OnBroken(Exception reason)
    {
        if (reason is not IOException)
        {
            GrpcLog.RequestFailed(Logger, reason, Id);
        }

        // The reader finds the end of its input, and ends everything.
        _transport.Abort(new ConnectionAbortedException("The client does not take what is sent."));
    }

    private async Task EndAsync(Http2ErrorCode code)
    {
        Http2Stream[] streams;
        Task handlersEnded;
        lock (Output.Sync)
        {
            if (_isOpen && !_isLost)
            {
                AddGoAway(_highestStream, code);
            }

            Output.Close();
            _isClosing = true;
            streams = [.. _streams.Values];
            _streams.Clear();
            foreach (Http2Stream stream in streams)
            {
                stream.TryReset();
            }

            _handlersEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            handlersEnded = _handlers == 0 ? Task.CompletedTask : _handlersEnded.Task;
        }

        _isEnding = true;
        _block?.Release();
        Output.Flush();
        foreach (Http2Stream stream in streams)
        {
            stream.EndReset();
        }

        await LingerAsync().ConfigureAwait(false);
        await handlersEnded.ConfigureAwait(false);
    }

    /// <summary>
    /// Sends what there is and waits for the client's end, for a short time (the watch ends it): closing a socket with unread bytes would
    /// turn the GOAWAY that tells the client why into a mere reset.
    /// </summary>
    private async Task LingerAsync()
    {
        try
        {
            if (_isLost)
            {
                _transport.Abort(new ConnectionAbortedException("The client is gone."));
            }

            await Output.WhenDrainedAsync().ConfigureAwait(false);
            if (!Output.TryEnd())
            {
                return;
            }

            ReadResult result;
            do
            {
                result = await _input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                _input.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It is over either way.
        }
    }

    private void AddGoAway(int lastStream, Http2ErrorCode code)
    {
        Span<byte> payload = stackalloc byte[2 * sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStream);
        BinaryPrimitives.WriteInt32BigEndian(payload[sizeof(int)..], (int)code);
        Output.Add(FrameType.GoAway, FrameFlags.None, 0, payload);
    }
}
