// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Server;

/// <summary>Ends connections that are too old: GOAWAY, after the grace the streaming calls, at last the connection.</summary>
internal sealed class ConnectionAge(
    TimeSpan maxAge, TimeSpan grace, OpenStreams streams, GrpcServerMetrics metrics, TimeProvider time, ILogger logger)
{
    private const double Jitter = 0.1;

    private readonly TimeSpan _maxAge = maxAge;
    private readonly TimeSpan _grace = grace;
    private readonly OpenStreams _streams = streams;
    private readonly GrpcServerMetrics _metrics = metrics;
    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;

    // For handlers that were asked to end.
    private static readonly TimeSpan s_lastGrace = TimeSpan.FromSeconds(5);

    public async Task RunAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        using Life life = new(this, connection);
        await next(connection).ConfigureAwait(false);
    }

    private sealed class Life : IDisposable
    {
        private readonly ConnectionAge _owner;
        private readonly ConnectionContext _connection;
        private readonly Lock _lock = new();

        // Guarded by _lock.
        private readonly ITimer _timer;
        private int _steps;
        private bool _isOver;

        public Life(ConnectionAge owner, ConnectionContext connection)
        {
            _owner = owner;
            _connection = connection;

            // Jitter: connections made together should not all be made again together.
            TimeSpan age = owner._maxAge * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble()));
            lock (_lock)
            {
                _timer = owner._time.CreateTimer(static state => ((Life)state!).Step(), this, age, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _isOver = true;
                _timer.Dispose();
            }
        }

        private void Step()
        {
            int step;
            lock (_lock)
            {
                if (_isOver)
                {
                    return;
                }

                step = ++_steps;
                TimeSpan next = step switch
                {
                    1 => _owner._grace,
                    2 => s_lastGrace,
                    _ => Timeout.InfiniteTimeSpan,
                };
                _timer.Change(next, Timeout.InfiniteTimeSpan);
            }

            Act(step);
        }

        // Outside the lock: these run callbacks of others.
        private void Act(int step)
        {
            switch (step)
            {
                case 1:
                    _owner._metrics.ConnectionAged();
                    GrpcLog.ConnectionAged(_owner._logger, _connection.ConnectionId);
                    _connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
                    break;
                case 2:
                    _owner._streams.End(_connection.ConnectionId, CancelReason.ConnectionAge);
                    break;
                default:
                    GrpcLog.ConnectionCut(_owner._logger, _connection.ConnectionId);
                    _connection.Abort(new ConnectionAbortedException("The connection is too old."));
                    break;
            }
        }
    }
}
