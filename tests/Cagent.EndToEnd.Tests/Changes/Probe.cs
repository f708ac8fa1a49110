// SPDX-License-Identifier: Apache-2.0
using System.Net.WebSockets;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>Asks again and again until the answer is the wanted one, and tells how long that took.</summary>
internal static class Probe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2); // an answer of its own costs more than that

    /// <summary>Until a new CONNECT gets the status, such as 200 or 403.</summary>
    public static Task<TimeSpan> ConnectAsync(Deployment deployment, string host, int port, int status, long since) => UntilAsync(async () =>
    {
        await using RawTunnel tunnel = await deployment.Raw.ConnectAsync($"{host}:{port}");
        return tunnel.Response.Status == status;
    }, since, $"CONNECT {host}:{port} gives {status}");

    /// <summary>Until a GET, over whatever connection the client holds open, gets the status.</summary>
    public static Task<TimeSpan> GetAsync(ProxyHttp http, string address, int status, long since) =>
        UntilAsync(async () => await StatusAsync(http, address) == status, since, $"GET {address} gives {status}");

    /// <summary>Until a GET over a connection of its own gets the status.</summary>
    public static Task<TimeSpan> NewGetAsync(Deployment deployment, string address, int status, long since) => UntilAsync(async () =>
    {
        using ProxyHttp http = deployment.Http();
        return await StatusAsync(http, address) == status;
    }, since, $"GET {address} over a new connection gives {status}");

    /// <summary>Until a WebSocket opens and lives through its first three messages.</summary>
    public static Task<TimeSpan> WebSocketAsync(Deployment deployment, string host, int port, long since) => UntilAsync(async () =>
    {
        try
        {
            await using LiveStream socket = await LiveStreams.WebSocketAsync(deployment, host, port);
            await Eventually.TrueAsync(() => socket.Beats >= 3 || socket.EndedAt is not null, Limit);
            return socket.Beats >= 3;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }, since, $"a WebSocket to {host}:{port}");

    /// <summary>The status of one GET; a refused CONNECT counts by its own, and no answer at all (a connection that was cut) as 0.</summary>
    public static async Task<int> StatusAsync(ProxyHttp http, string address)
    {
        try
        {
            using HttpResponseMessage response = await http.Client.GetAsync(address);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException e)
        {
            return Refusal(e)?.Response.Status ?? 0;
        }
    }

    private static ProxyRefusedException? Refusal(Exception? e) =>
        e is null ? null : e as ProxyRefusedException ?? Refusal(e.InnerException);

    private static async Task<TimeSpan> UntilAsync(Func<Task<bool>> condition, long since, string what)
    {
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Limit, $"not within {Limit.TotalSeconds} s: {what}");
            await Task.Delay(Pause, TimeProvider.System);
        }

        return TimeProvider.System.GetElapsedTime(since);
    }
}
