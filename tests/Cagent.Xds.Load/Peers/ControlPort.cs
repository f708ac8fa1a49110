// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Json;

namespace Cagent.Xds.Load.Peers;

/// <summary>Sets the state of a peer and asks for its counters.</summary>
internal sealed class ControlPort(IPEndPoint address) : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://{address}"), Timeout = s_limit };

    public async Task SetAsync(byte[] state)
    {
        using ByteArrayContent content = new(state);
        content.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await _http.PostAsync(new Uri("/state", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
    }

    public async Task ForgetAsync()
    {
        using HttpResponseMessage response = await _http.DeleteAsync(new Uri("/state?node=*", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }

    public async Task<PeerStats> StatsAsync() =>
        await _http.GetFromJsonAsync<PeerStats>("/stats") ?? throw new InvalidOperationException("The peer tells no counters.");

    public async Task WaitForStreamsAsync(int count)
    {
        long started = TimeProvider.System.GetTimestamp();
        while ((int)(await StatsAsync()).OpenStreams != count)
        {
            if (TimeProvider.System.GetElapsedTime(started) > s_limit)
            {
                throw new TimeoutException($"The peer does not come to {count} streams.");
            }

            await Task.Delay(s_pause, TimeProvider.System);
        }
    }

    /// <summary>Waits until the peer uses no CPU, so that nothing of one measurement is counted in the next.</summary>
    public async Task<PeerStats> WaitForRestAsync()
    {
        PeerStats before = await StatsAsync();
        for (int i = 0; i < 100; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            PeerStats now = await StatsAsync();
            if (now.CpuSeconds - before.CpuSeconds < 0.021)
            {
                return now;
            }

            before = now;
        }

        return before;
    }

    public void Dispose() => _http.Dispose();
}
