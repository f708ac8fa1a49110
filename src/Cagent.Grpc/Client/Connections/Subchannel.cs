// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Grpc.Core;

namespace Cagent.Grpc.Client.Connections;

/// <summary>
/// One address with its connections and its back-off. Usually there is one connection; SocketsHttpHandler asks for
/// another when the server's limit of streams is reached, or when the last one is going away. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // Shutdown frees them, later and outside the lock.
internal sealed partial class Subchannel
#pragma warning restore CA1001
{
    private readonly Connectivity _channel;
    private readonly HttpMessageInvoker _http;
    private readonly CancellationTokenSource _shutdown = new();
    private readonly Backoff _backoff;

    // The fields below are guarded by the channel's state lock.
    private ConnectivityState _state = ConnectivityState.Idle;
    private Status _failure;

    // Made by Connect and not asked for by the handler yet.
    private Connection? _waiting;
    private int _openConnections;

    // Whether the last connection ended before it served.
    private bool _hasDropped;
    private ITimer? _timer;

    // Whether the newest connection has carried a response, which proves that the server serves.
    private volatile bool _hasAnswered;

    public Subchannel(EndPoint endPoint, Connectivity channel)
    {
        EndPoint = endPoint;
        _channel = channel;
        _backoff = new Backoff(channel.Settings.InitialBackoff, channel.Settings.MaxBackoff, channel.Settings.NextRandom);
        _http = new HttpMessageInvoker(CreateHandler(channel.Settings));
    }

    public EndPoint EndPoint { get; }

    /// <summary>The state; read it under the channel's state lock.</summary>
    public ConnectivityState State => _state;

    /// <summary>The last failure; meaningful while <see cref="HasFailed"/>.</summary>
    public Status Failure => _failure;

    /// <summary>Whether the address failed and has not been ready since.</summary>
    public bool HasFailed { get; private set; }

    private ConnectionSettings Settings => _channel.Settings;

    /// <summary>Begins to connect when at rest. The channel's lock is held; its balancer is not called for CONNECTING.</summary>
    public void Connect()
    {
        if (_state == ConnectivityState.Idle)
        {
            _state = ConnectivityState.Connecting;
            _ = Task.Run(ConnectAsync);
        }
    }

    /// <summary>Takes no more calls; those that run go on to their end. The channel's lock is held.</summary>
    public void Shutdown()
    {
        _state = ConnectivityState.Shutdown;
        _timer?.Dispose();
        Connection? waiting = _waiting;
        _waiting = null;

        // Outside the lock: the handler has locks of its own.
        ThreadPool.UnsafeQueueUserWorkItem(
            static state =>
            {
                state.waiting?.Stream.Dispose();
                state.self._shutdown.Cancel();
                state.self._http.Dispose();
            },
            (self: this, waiting),
            preferLocal: false);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        _hasAnswered = true;
        return response;
    }

    private SocketsHttpHandler CreateHandler(ConnectionSettings settings) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,

        // The connector has its own, on the channel's clock.
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        KeepAlivePingDelay = settings.KeepAlivePingDelay,
        KeepAlivePingTimeout = settings.KeepAlivePingTimeout,
        KeepAlivePingPolicy = settings.KeepAlivePingPolicy,

        // Beyond the server's limit of streams a call opens a connection instead of waiting for ever.
        EnableMultipleHttp2Connections = true,
        ConnectCallback = (_, cancellationToken) => OpenAsync(cancellationToken),
    };

    /// <summary>A connection for the handler: the one that waits, or a new one.</summary>
    private async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        Connection? waiting;
        lock (_channel.StateLock)
        {
            if (_state is ConnectivityState.TransientFailure or ConnectivityState.Shutdown)
            {
                throw new ConnectFailedException(_state == ConnectivityState.Shutdown ? ClientStatuses.AddressGone : _failure);
            }

            waiting = _waiting;
            _waiting = null;
        }

        if (waiting is not null)
        {
            if (await waiting.Transport.TakeAsync().ConfigureAwait(false))
            {
                return waiting.Stream;
            }

            await waiting.Stream.DisposeAsync().ConfigureAwait(false);
        }

        return await OpenNewAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<Stream> OpenNewAsync(CancellationToken cancellationToken)
    {
        try
        {
            Connection connection = await _channel.Connector.ConnectAsync(EndPoint, cancellationToken).ConfigureAwait(false);
            OnConnected(connection, isWaiting: false);
            return connection.Stream;
        }
        catch (ConnectFailedException e)
        {
            lock (_channel.StateLock)
            {
                Fail(e.Status, Settings.Time.GetTimestamp());
            }

            throw;
        }
    }

    private async Task ConnectAsync()
    {
        long started = Settings.Time.GetTimestamp();
        try
        {
            Connection connection = await _channel.Connector.ConnectAsync(EndPoint, _shutdown.Token).ConfigureAwait(false);

            // Before anyone can take the connection: the two must not read at once.
            Task<bool> watch = connection.Transport.WatchAsync();
            OnConnected(connection, isWaiting: true);
            if (await watch.ConfigureAwait(false))
            {
                await DropWaitingAsync(connection).ConfigureAwait(false);
            }
        }
        catch (ConnectFailedException e)
        {
            lock (_channel.StateLock)
            {
                Fail(e.Status, started);
            }
        }
    }
}
