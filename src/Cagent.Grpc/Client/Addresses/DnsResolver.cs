// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Grpc.Client.Connections;
using Grpc.Core;

namespace Cagent.Grpc.Client.Addresses;

/// <summary>
/// Looks a host name up, again when the channel loses a connection (not more often than
/// <see cref="DnsResolverOptions.MinInterval"/>), and with growing waits after a failure. Thread-safe.
/// </summary>
public sealed class DnsResolver : AddressResolver
{
    private readonly string _host;
    private readonly int _port;
    private readonly DnsResolverOptions _options;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp;
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _lock = new();
    private readonly Backoff _backoff;

    // Guarded by _lock. At most one lookup runs and at most one timer waits.
    private bool _isRunning;
    private ITimer? _timer;
    private DateTimeOffset _due = DateTimeOffset.MaxValue;
    private DateTimeOffset _earliest = DateTimeOffset.MinValue;

    /// <summary>Makes a resolver.</summary>
    /// <param name="host">The host name.</param>
    /// <param name="port">The port of every address.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    public DnsResolver(string host, int port, DnsResolverOptions? options = null)
        : this(host, port, options ?? new DnsResolverOptions(), Dns.GetHostAddressesAsync)
    {
    }

    internal DnsResolver(string host, int port, DnsResolverOptions options, Func<string, CancellationToken, Task<IPAddress[]>> lookUp)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        _host = host;
        _port = port;
        _options = options;
        _lookUp = lookUp;
        _backoff = new Backoff(Backoff.DefaultInitial, Backoff.DefaultMaximum, options.NextRandom);
    }

    /// <summary>Whether a lookup runs, its report and the planning of the next one included.</summary>
    internal bool IsRunning
    {
        get
        {
            lock (_lock)
            {
                return _isRunning;
            }
        }
    }

    /// <inheritdoc/>
    public override void Refresh()
    {
        lock (_lock)
        {
            ScheduleAt(_options.TimeProvider.GetUtcNow());
        }
    }

    /// <inheritdoc/>
    protected override void Start() => Refresh();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _closed.Cancel();
        lock (_lock)
        {
            _timer?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Makes sure that a lookup runs at this time, or as soon after it as the limits allow. The lock is held.</summary>
    private void ScheduleAt(DateTimeOffset wanted)
    {
        DateTimeOffset at = wanted > _earliest ? wanted : _earliest;
        if (_isRunning || _closed.IsCancellationRequested || at >= _due)
        {
            return;
        }

        _timer?.Dispose();
        TimeSpan wait = at - _options.TimeProvider.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            _due = DateTimeOffset.MaxValue;
            _isRunning = true;
            _ = Task.Run(RunAsync);
            return;
        }

        _due = at;
        _timer = _options.TimeProvider.CreateTimer(static state => ((DnsResolver)state!).OnTimer(), this, wait, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _due = DateTimeOffset.MaxValue;
            ScheduleAt(_options.TimeProvider.GetUtcNow());
        }
    }

    private async Task RunAsync()
    {
        Exception? failure = null;
        try
        {
            IPAddress[] addresses = await _lookUp(_host, _closed.Token).ConfigureAwait(false);
            Report(addresses.Select(address => new IPEndPoint(address, _port)));
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (e is SocketException or ArgumentException or OperationCanceledException)
        {
            failure = e;
            ReportFailure(new Status(StatusCode.Unavailable, $"The name {_host} could not be resolved.", e));
        }

        lock (_lock)
        {
            _isRunning = false;
            Next(failure is not null);
        }
    }

    private void Next(bool hasFailed)
    {
        DateTimeOffset now = _options.TimeProvider.GetUtcNow();
        if (hasFailed)
        {
            // A name that is not there yet is asked for again, sooner than one that was found.
            _earliest = now + _backoff.Next();
            ScheduleAt(_earliest);
            return;
        }

        _backoff.Reset();
        _earliest = now + _options.MinInterval;
        if (_options.RefreshInterval != Timeout.InfiniteTimeSpan)
        {
            ScheduleAt(now + _options.RefreshInterval);
        }
    }
}
