// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Cagent.Grpc.Client.Diagnostics;
using Grpc.Core;

namespace Cagent.Grpc.Client.Connections;

/// <summary>The changes of state.</summary>
internal sealed partial class Subchannel
{
    private bool OnConnected(Connection connection, bool isWaiting)
    {
        lock (_channel.StateLock)
        {
            if (_state != ConnectivityState.Shutdown)
            {
                _openConnections++;
                _hasAnswered &= _openConnections > 1;
                _waiting = isWaiting ? connection : _waiting;
                connection.Transport.WhenClosed(OnClosed);
                BecomeReady();
                return isWaiting;
            }
        }

        connection.Stream.Dispose();
        return false;
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

            // A server that accepts and drops connections must not be connected to in a tight loop.
            bool hasServed = _hasAnswered || Settings.Time.GetElapsedTime(transport.OpenedAt) >= Settings.InitialBackoff;
            if (!hasServed)
            {
                Fail(new Status(StatusCode.Unavailable, $"{EndPoint} closed the connection before it served a call."), transport.OpenedAt);
                return;
            }

            GrpcClientLog.ConnectionLost(Settings.Logger, EndPoint);
            _backoff.Reset();
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
        GrpcClientLog.ConnectFailed(Settings.Logger, EndPoint, failure.Detail, wait);
        HasFailed = true;
        _failure = failure;
        _state = ConnectivityState.TransientFailure;
        _channel.OnStateChanged(this);
        if (_state != ConnectivityState.TransientFailure)
        {
            return;
        }

        if (wait <= TimeSpan.Zero)
        {
            Rest();
            return;
        }

        _timer?.Dispose();
        _timer = Settings.Time.CreateTimer(static state => ((Subchannel)state!).OnBackoffOver(), this, wait, Timeout.InfiniteTimeSpan);
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

    /// <summary>Nobody reads a connection that waits for its first call, so its end must be looked for.</summary>
    private async Task WatchWaitingAsync(Connection connection)
    {
        try
        {
            await connection.Transport.WaitForPeerAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection is gone, which IsAbandoned sees too.
        }

        bool isDead;
        lock (_channel.StateLock)
        {
            isDead = _waiting == connection && connection.Transport.IsAbandoned;
            _waiting = isDead ? null : _waiting;
        }

        if (isDead)
        {
            await connection.Stream.DisposeAsync().ConfigureAwait(false);
        }
    }
}
