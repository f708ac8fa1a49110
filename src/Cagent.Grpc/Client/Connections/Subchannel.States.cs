// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client.Diagnostics;
using Grpc.Core;

namespace Cagent.Grpc.Client.Connections;

/// <summary>The changes of state.</summary>
internal sealed partial class Subchannel
{
    private void OnConnected(Connection connection, bool isWaiting)
    {
        lock (_channel.StateLock)
        {
            // One that waits already is not to be forgotten: nobody would ever close it, and the address would count as connected for good.
            bool isSurplus = isWaiting && _waiting is not null;
            if (_state != ConnectivityState.Shutdown && !isSurplus)
            {
                _openConnections++;
                _hasAnswered &= _openConnections > 1;
                _waiting = isWaiting ? connection : _waiting;
                connection.Transport.WhenClosed(OnClosed);
                BecomeReady();
                return;
            }
        }

        connection.Stream.Dispose();
    }

    private void BecomeReady()
    {
        if (_state == ConnectivityState.Ready)
        {
            return;
        }

        GrpcClientLog.Connected(Settings.Logger, EndPoint);
        _timer?.Dispose();
        HasFailed = false;
        _state = ConnectivityState.Ready;
        _channel.OnStateChanged(this);
    }

    private void OnClosed(ConnectionStream transport)
    {
        lock (_channel.StateLock)
        {
            _openConnections--;
            if (_openConnections > 0 || _state != ConnectivityState.Ready)
            {
                return;
            }

            // A server that accepts and drops connections must not be connected to in a tight loop. Once is not that:
            // it may have been told to stop just now, and another may take its place.
            bool hasServed = _hasAnswered || Settings.Time.GetElapsedTime(transport.OpenedAt) >= Settings.InitialBackoff;
            if (!hasServed && _hasDropped)
            {
                Fail(new Status(StatusCode.Unavailable, $"{EndPoint} closed the connection before it served a call."), transport.OpenedAt);
                return;
            }

            GrpcClientLog.ConnectionLost(Settings.Logger, EndPoint);
            _hasDropped = !hasServed;
            if (hasServed)
            {
                _backoff.Reset();
            }

            Rest();
        }
    }

    /// <summary>Waits for the rest of the back-off, which began with the attempt. The lock is held.</summary>
    private void Fail(Status failure, long started)
    {
        if (_state is ConnectivityState.Shutdown or ConnectivityState.TransientFailure)
        {
            return;
        }

        TimeSpan wait = _backoff.Next() - Settings.Time.GetElapsedTime(started);
        HasFailed = true;
        _failure = failure;
        _state = ConnectivityState.TransientFailure;
        if (wait > TimeSpan.Zero)
        {
            _timer?.Dispose();
            _timer = Settings.Time.CreateTimer(static state => ((Subchannel)state!).OnBackoffOver(), this, wait, Timeout.InfiniteTimeSpan);
        }

        GrpcClientLog.ConnectFailed(Settings.Logger, EndPoint, failure.Detail, wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        _channel.OnStateChanged(this);
        if (wait <= TimeSpan.Zero && _state == ConnectivityState.TransientFailure)
        {
            Rest();
        }
    }

    private void OnBackoffOver()
    {
        lock (_channel.StateLock)
        {
            if (_state == ConnectivityState.TransientFailure)
            {
                Rest();
            }
        }
    }

    private void Rest()
    {
        if (_state == ConnectivityState.Shutdown)
        {
            return;
        }

        _state = ConnectivityState.Idle;
        _channel.OnStateChanged(this);
    }

    /// <summary>Lets go of a connection that the server has closed before its first call.</summary>
    private async Task DropWaitingAsync(Connection connection)
    {
        lock (_channel.StateLock)
        {
            if (_waiting != connection)
            {
                return;
            }

            _waiting = null;
        }

        await connection.Stream.DisposeAsync().ConfigureAwait(false);
    }
}
