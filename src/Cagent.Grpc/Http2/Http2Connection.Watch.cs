// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Http2.Frames;
using Cagent.Grpc.Http2.Streams;
using Cagent.Grpc.Server;
using Microsoft.AspNetCore.Connections;

namespace Cagent.Grpc.Http2;

/// <summary>What depends on time. Kestrel's heart beats once a second for all connections, so none needs a timer of its own.</summary>
internal sealed partial class Http2Connection
{
    private readonly long _opened;

    // Written by the reader.
    private long _lastReceived;

    // Written under the lock.
    private long _idleSince;
    private volatile bool _isOpen;

    // The watch's own. Beats do not overlap.
    private long _pinged;
    private long _sending;
    private long _sendingSince;
    private long _ending;

    // Why the reader has to stop; it does so at its next read.
    private volatile Http2ConnectionException? _timeout;

    private void Tick()
    {
        long now = _environment.Time.GetTimestamp();
        if (_isEnding)
        {
            _ending = _ending == 0 ? now : _ending;
            AbortAfter(_ending, now, Http2Limits.Linger);
            return;
        }

        if (!_isOpen)
        {
            AbortAfter(_opened, now, Http2Limits.HeadersTimeout);
            return;
        }

        if (Volatile.Read(ref _blockStarted) is var started and not 0 && IsOver(started, now, Http2Limits.HeadersTimeout))
        {
            Stop(new Http2ConnectionException(Http2ErrorCode.EnhanceYourCalm, "A header block did not end in time."));
        }

        CheckSending(now);
        CheckEnded(now);
        CheckIdle(now);
        CheckPing(now);
    }

    /// <summary>Streams that wait are reset by their own write timeout; this ends a connection that takes nothing at all, not even that.</summary>
    private void CheckSending(long now)
    {
        long sending = Output.SendingNumber;
        if (sending == 0 || sending != _sending)
        {
            _sending = sending;
            _sendingSince = now;
            return;
        }

        AbortAfter(_sendingSince, now, 2 * _environment.WriteTimeout);
    }

    /// <summary>A small response leaves without a write that could time out, so its client's credit is watched here.</summary>
    private void CheckEnded(long now)
    {
        Http2Stream[] stalled;
        lock (Output.Sync)
        {
            stalled = [.. _streams.Values.Where(stream => stream.HandlerEnded is { } ended && IsOver(ended, now, _environment.WriteTimeout))];
        }

        foreach (Http2Stream stream in stalled)
        {
            Reset(stream, Http2ErrorCode.Cancel);
        }
    }

    private void CheckIdle(long now)
    {
        lock (Output.Sync)
        {
            if (_streams.Count > 0 || !IsOver(Math.Max(_idleSince, _opened), now, _environment.MaxIdle))
            {
                return;
            }
        }

        CloseGracefully();
    }

    private void CheckPing(long now)
    {
        if (_environment.PingDelay == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        long received = Volatile.Read(ref _lastReceived);
        if (_pinged > received)
        {
            if (IsOver(_pinged, now, _environment.PingTimeout))
            {
                GrpcLog.ConnectionSilent(Logger, Id);
                Stop(new Http2ConnectionException(Http2ErrorCode.NoError, "The client does not answer PING."));
            }

            return;
        }

        if (IsOver(received, now, _environment.PingDelay))
        {
            _pinged = now;
            lock (Output.Sync)
            {
                Output.Add(FrameType.Ping, FrameFlags.None, 0, new byte[PingSize]);
            }

            Output.Flush();
        }
    }

    private void Stop(Http2ConnectionException reason)
    {
        _timeout ??= reason;
        WakeReader();
    }

    private void AbortAfter(long since, long now, TimeSpan limit)
    {
        if (IsOver(since, now, limit))
        {
            _transport.Abort(new ConnectionAbortedException("The client does not go on."));
        }
    }

    private bool IsOver(long since, long now, TimeSpan limit) => limit != Timeout.InfiniteTimeSpan && _environment.Time.GetElapsedTime(since, now) >= limit;
}
