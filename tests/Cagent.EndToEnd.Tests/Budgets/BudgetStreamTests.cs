// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.WebSockets;
using Cagent.EndToEnd.Tests.Changes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Xunit.Abstractions;
using static Cagent.EndToEnd.Tests.Budgets.BudgetSite;

namespace Cagent.EndToEnd.Tests.Budgets;

/// <summary>
/// Guarantee: streams are counted while they are open and end when the bytes are used up, within 2 s and nobody else's; and however many
/// requests come at once, they carry no more together than the budget and one of them.
/// </summary>
public sealed class BudgetStreamTests(BudgetSite site, ITestOutputHelper output) : IClassFixture<BudgetSite>
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(2);

    /// <summary>All of them are open when something else of the agent uses up the rest.</summary>
    [EnvoyFact]
    public async Task BytesUsedUp_ByAnotherRequest_EndAllTunnelsOfTheAgentAndNoOthers()
    {
        await using LiveStreamSet own = await OpenAsync("events");
        await using LiveStreamSet others = await OpenAsync("free");
        using ProxyHttp http = site.Http("events");
        Assert.Equal(MiB, (await http.Client.GetByteArrayAsync($"{site.Url}/bytes/{MiB}")).Length);
        await own.LiveOnAsync();

        long start = TimeProvider.System.GetTimestamp();
        using HttpResponseMessage last = await http.Client.GetAsync($"{site.Url}/bytes/{2 * MiB}", HttpCompletionOption.ResponseHeadersRead);
        await own.EndAsync(start, EndsWithin, output);

        await others.LiveOnAsync();
        using ProxyHttp again = site.Http("events");
        using HttpResponseMessage denied = await again.Client.GetAsync($"{site.Url}/status/200");
        (await Denial.OfAsync(denied)).ShouldBe(429, "budget_exhausted");
    }

    [EnvoyFact]
    public async Task WebSocket_ThatUsesUpTheBytesItself_Ends()
    {
        using ProxyHttp http = site.Http("socket");
        using ClientWebSocket socket = await http.OpenWebSocketAsync(new Uri($"wss://{Host}:{site.Web.Port}/ws"));
        byte[] data = new byte[32 * 1024];
        long sent = 0;
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        // Half a megabyte a second in each direction.
        async Task EchoAsync()
        {
            await socket.SendAsync(data, WebSocketMessageType.Binary, endOfMessage: true, limit.Token);
            for (int read = 0; read < data.Length;)
            {
                read += (await socket.ReceiveAsync(data.AsMemory(read), limit.Token)).Count;
            }

            sent += 2 * data.Length;
            await Task.Delay(TimeSpan.FromMilliseconds(60), TimeProvider.System, limit.Token);
        }

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (true)
            {
                await EchoAsync();
            }
        });
        Assert.False(limit.IsCancellationRequested, $"the WebSocket was not ended after {sent} bytes");
        output.WriteLine($"ended after {sent} bytes of 2 MiB");
        AssertEndedInTime(sent);
    }

    [EnvoyFact]
    public async Task Tunnel_ThatUsesUpTheBytesItself_Ends()
    {
        await using RawConnection tunnel = await new RawProxy(site.Of("tunnel")).ConnectTlsAsync($"{PinnedHost}:{site.Echo.Port}", new TlsClientOptions { ServerName = PinnedHost, Trust = site.Deployment.Trust });
        long sent = 0;
        long start = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30))
            {
                await tunnel.SendAsync(new byte[32 * 1024]);
                await tunnel.ReadBytesAsync(32 * 1024);
                sent += 64 * 1024;
                await Task.Delay(TimeSpan.FromMilliseconds(60), TimeProvider.System);
            }
        });
        output.WriteLine($"ended after {sent} bytes of 2 MiB");
        AssertEndedInTime(sent);
        await using RawTunnel refused = await new RawProxy(site.Of("tunnel")).ConnectAsync($"{PinnedHost}:{site.Echo.Port}");
        Denial.Of(refused.Response).ShouldBe(429, "budget_exhausted");
    }

    /// <summary>An endless answer as fast as the machine can.</summary>
    [EnvoyFact]
    public async Task Download_FasterThanItIsReported_EndsSoonAfterTheBudget()
    {
        using ProxyHttp http = site.Http("flood");
        using HttpResponseMessage response = await http.Client.GetAsync($"{site.Url}/bytes/{100L << 30}", HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[256 * 1024];
        long received = 0;
        long? crossedAt = null;
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await body.ReadAsync(buffer) is var read and > 0)
            {
                received += read;
                crossedAt ??= received > 64 * MiB ? TimeProvider.System.GetTimestamp() : null;
            }
        });
        TimeSpan late = crossedAt is { } crossed ? TimeProvider.System.GetElapsedTime(crossed) : TimeSpan.Zero;
        output.WriteLine($"ended {received / MiB} MiB of 64 MiB, {late.TotalMilliseconds:0} ms after the budget");
        Assert.True(late < EndsWithin, $"ended only {late} after the budget");
    }

    /// <summary>Twice: when nothing is known of the agent's answers, and while what is left is less than one.</summary>
    [EnvoyFact]
    public async Task Attack_G10_100RequestsAtOnce_CarryNoMoreThanTheBudgetAndOneOfThem()
    {
        const long Budget = 16 * MiB;
        long received = 0;
        int held = 0;
        for (int round = 0; round < 4; round++)
        {
            (long bytes, int waiting) = await CrowdAsync("crowd", MiB);
            received += bytes;
            held += waiting;
        }

        BudgetLine line = await site.SettledAsync("crowd");
        output.WriteLine($"{received} bytes of bodies received, {line.Bytes} counted, of {Budget}; {held} requests were to wait");
        Assert.InRange(received, Budget - MiB, Budget + MiB);
        Assert.InRange(line.Bytes, received, Budget + MiB + MiB / 8);
    }

    [EnvoyFact]
    public async Task Attack_G10_100RequestsAtOnce_AreAsManyAsTheBudgetSays()
    {
        using ProxyHttp http = site.Http("racers", http2: true);
        HttpStatusCode[] statuses = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            using HttpResponseMessage response = await http.Client.GetAsync($"{site.Url}/status/200");
            return response.StatusCode;
        }));
        Assert.Equal((50, 50), (statuses.Count(status => status == HttpStatusCode.OK), statuses.Count(status => status == HttpStatusCode.TooManyRequests)));
    }

    [EnvoyFact]
    public async Task Upload_ThatAnnouncesMoreThanIsLeft_IsDeniedBeforeItIsSent()
    {
        using ProxyHttp http = site.Http("announced");
        using HttpResponseMessage denied = await http.Client.PostAsync($"{site.Url}/upload", new ByteArrayContent(new byte[5 * MiB]));
        (await Denial.OfAsync(denied)).ShouldBe(429, "budget_exhausted");
        using HttpResponseMessage allowed = await http.Client.PostAsync($"{site.Url}/upload", new ByteArrayContent(new byte[2 * MiB]));
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    /// <summary>Not before the budget of 2 MiB, frames and TLS included, and at most what about 1 MiB a second carries in 2 s.</summary>
    private static void AssertEndedInTime(long sent) => Assert.InRange(sent, (2 * MiB) - (MiB / 8), 4 * MiB);

    private async Task<LiveStreamSet> OpenAsync(string agent) => new(
        await LiveStreams.WebSocketAsync(site.Deployment, Host, site.Web.Port, site.Of(agent)),
        await LiveStreams.EventsAsync(site.Deployment, Host, site.Web.Port, agent: site.Of(agent)),
        await LiveStreams.TunnelAsync(site.Deployment, PinnedHost, site.Echo.Port, site.Of(agent)));

    /// <summary>100 requests at once, half over one HTTP/2 connection each; gives the bytes that came, and how many were told to wait.</summary>
    private async Task<(long Bytes, int Held)> CrowdAsync(string agent, long size)
    {
        using ProxyHttp one = site.Http(agent);
        using ProxyHttp two = site.Http(agent, http2: true);
        long bytes = 0;
        int held = 0;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using HttpResponseMessage response = await (i % 2 == 0 ? one : two).Client.GetAsync($"{site.Url}/bytes/{size}", HttpCompletionOption.ResponseHeadersRead);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                (await Denial.OfAsync(response)).ShouldBe(429, "budget_exhausted");
                held += response.Headers.GetValues("retry-after").Single() == "1" ? 1 : 0;
                return;
            }

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            byte[] buffer = new byte[64 * 1024];
            try
            {
                await using Stream body = await response.Content.ReadAsStreamAsync();
                while (await body.ReadAsync(buffer) is var read and > 0)
                {
                    Interlocked.Add(ref bytes, read);
                }
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                // Ended with the budget.
            }
        }));
        await site.SettledAsync(agent);
        return (bytes, held);
    }
}
