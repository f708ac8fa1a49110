// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Clients;

/// <summary>
/// Steady requests in the background over connections that stay open, to see whether something else disturbs them.
/// Ends when stopped, disposed, or after its longest duration. Thread safe.
/// </summary>
public sealed class KeepAliveLoad : IAsyncDisposable
{
    private readonly LoadOptions _options;
    private readonly LoadTally _tally = new();
    private readonly CancellationTokenSource _stop;
    private readonly ProxyHttp[] _clients;
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly Task _workers;

    private KeepAliveLoad(AgentProxy proxy, LoadOptions options)
    {
        _options = options;
        _stop = new CancellationTokenSource(options.MaxDuration);
        // One client for each worker: a shared pool would not bind a worker to a connection.
        _clients = [.. Enumerable.Range(0, options.Connections).Select(_ => new ProxyHttp(proxy, options.Http with { MaxConnections = 1 }))];
        _workers = Task.WhenAll(_clients.Select((client, index) => Task.Run(() => WorkAsync(client, index))));
    }

    /// <summary>The results so far.</summary>
    public LoadReport Report => _tally.Report(_clients.Sum(client => client.ConnectionCount), TimeProvider.System.GetElapsedTime(_start));

    /// <summary>Starts the load.</summary>
    public static KeepAliveLoad Start(AgentProxy proxy, LoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Connections, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Rate);
        return new KeepAliveLoad(proxy, options);
    }

    /// <summary>Waits until so many more requests have ended, in success or failure.</summary>
    public Task WaitForRequestsAsync(long count, TimeSpan timeout)
    {
        long target = _tally.Ended + count;
        return Eventually.TrueAsync(() => _tally.Ended >= target, timeout, $"{count} more requests of the load");
    }

    /// <summary>Ends the load after the requests under way and returns the results.</summary>
    public async Task<LoadReport> StopAsync()
    {
        await _stop.CancelAsync();
        await _workers;
        return Report;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Array.ForEach(_clients, client => client.Dispose());
        _stop.Dispose();
    }

    private async Task WorkAsync(ProxyHttp client, int index)
    {
        TimeSpan interval = TimeSpan.FromSeconds(_options.Connections / _options.Rate);
        TimeSpan due = interval * ((double)index / _options.Connections);
        while (!_stop.IsCancellationRequested)
        {
            TimeSpan early = due - TimeProvider.System.GetElapsedTime(_start);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (!_stop.IsCancellationRequested)
            {
                await RequestAsync(client);
            }

            due += interval;
        }
    }

    // A request under way is not cancelled when the load stops: it would count as a failure, or hide one.
    private async Task RequestAsync(ProxyHttp client)
    {
        long start = TimeProvider.System.GetTimestamp();
        string? failure;
        try
        {
            using HttpResponseMessage response = await client.Client.GetAsync(_options.Address, CancellationToken.None);
            failure = _options.IsSuccess(response) ? null : Describe(response);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            failure = e is OperationCanceledException ? "timeout" : $"{e.Message} {e.InnerException?.Message}".Trim();
        }

        _tally.Add(TimeProvider.System.GetElapsedTime(start), failure);
    }

    private static string Describe(HttpResponseMessage response)
    {
        string denied = response.Headers.TryGetValues("x-cagent-denied", out IEnumerable<string>? reasons) ? " " + string.Join(",", reasons) : "";
        return $"status {(int)response.StatusCode}{denied}";
    }
}
