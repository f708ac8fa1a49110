// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Clients;
using static Cagent.EndToEnd.Tests.Pushes.PushDeployment;

namespace Cagent.EndToEnd.Tests.Pushes;

/// <summary>
/// Requests of all clients on all ways, as fast as they are answered, each with a number that only it has. What becomes of them does not matter
/// here: most policies refuse most of them.
/// </summary>
internal sealed class PushLoad(PushDeployment site, PushHistory history, int seed, CancellationToken stop)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<int, Sent> _sent = new();
    private int _last;

    /// <summary>What was sent, by number.</summary>
    public IReadOnlyDictionary<int, Sent> Sent => _sent;

    /// <summary>Runs until stopped.</summary>
    public Task RunAsync()
    {
        Way[] ways = [Way.Plain, Way.Inspected, Way.Inspected, Way.InspectedHttp2, Way.InspectedHttp2, Way.WebSocket, Way.Passthrough];
        return Task.WhenAll(
        [
            .. Clients.SelectMany((client, c) => ways.Select((way, w) => Task.Run(() => WorkAsync(client, way, new Random(seed + (100 * c) + w))))),
            .. Clients.Select((client, c) => Task.Run(() => WorkLateAsync(client, new Random(seed + 1000 + c)))),
        ]);
    }

    /// <summary>Through one client, which keeps its connections as long as it is let; now and then with a new one.</summary>
    private async Task WorkAsync(string client, Way way, Random random)
    {
        while (!stop.IsCancellationRequested)
        {
            using ProxyHttp http = new(site.Proxy(client), new ProxyHttpOptions { Trust = Trust(way), IsHttp2 = way == Way.InspectedHttp2, Timeout = Patience });
            for (int i = 0; i < 200 && !stop.IsCancellationRequested; i++)
            {
                await TryAsync(() => SendAsync(http, client, way, random));
            }
        }
    }

    private async Task SendAsync(ProxyHttp http, string client, Way way, Random random)
    {
        (string scheme, string host, int port) = way == Way.Plain ? ("http", PlainHost, site.PlainWeb.Port) : ("https", AnyHost(random), site.Web.Port);
        bool isSocket = way == Way.WebSocket || (way == Way.Plain && random.Next(4) == 0);
        string method = isSocket || random.Next(3) > 0 ? "GET" : "POST";
        string path = isSocket ? "/ws" : Paths[random.Next(Paths.Length)];
        Uri address = Note(client, way, method, $"{(isSocket ? scheme == "http" ? "ws" : "wss" : scheme)}://{host}:{port}{path}");
        if (isSocket)
        {
            using ClientWebSocket socket = await http.OpenWebSocketAsync(address, stop);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stop);
            return;
        }

        using HttpRequestMessage request = new(new HttpMethod(method), address);
        using HttpResponseMessage response = await http.Client.SendAsync(request, stop);
    }

    /// <summary>Opens a tunnel and keeps it silent while policies change; then it is used as whatever it turns out to be.</summary>
    private async Task WorkLateAsync(string client, Random random)
    {
        while (!stop.IsCancellationRequested)
        {
            await TryAsync(async () =>
            {
                string host = AnyHost(random);
                bool isPassthrough = random.Next(2) == 0;
                long opened = TimeProvider.System.GetTimestamp();
                await using RawTunnel tunnel = await new RawProxy(site.Proxy(client)).ConnectAsync($"{host}:{site.Web.Port}", "", stop);
                int until = history.Count + random.Next(1, 8);
                using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                while (tunnel.IsOpen && history.Count < until && await timer.WaitForNextTickAsync(stop))
                {
                }

                TlsClientOptions tls = new() { ServerName = host, Trust = Trust(isPassthrough ? Way.Passthrough : Way.Inspected) };
                await using RawConnection inside = await tunnel.Connection.StartTlsAsync(tls, stop);
                for (int i = 0; i < 20; i++)
                {
                    string path = Paths[random.Next(Paths.Length)];
                    // What is passed through was decided when the tunnel was opened, and its agent's late cut comes seconds later.
                    Uri address = isPassthrough
                        ? Note(client, Way.Passthrough, "GET", $"https://{host}:{site.Web.Port}{path}", opened)
                        : Note(client, Way.Inspected, "GET", $"https://{host}:{site.Web.Port}{path}");
                    await inside.SendAsync($"GET {address.PathAndQuery} HTTP/1.1\r\nhost: {host}:{site.Web.Port}\r\n\r\n", stop);
                    await inside.ReadResponseAsync("GET", stop);
                    await timer.WaitForNextTickAsync(stop);
                }
            });
        }
    }

    private Uri Note(string client, Way way, string method, string url, long? began = null)
    {
        int id = Interlocked.Increment(ref _last);
        Sent sent = new(client, way, method, $"{url}?id={id}", began ?? TimeProvider.System.GetTimestamp());
        _sent[id] = sent;
        return new Uri(sent.Url);
    }

    /// <summary>By the authority that a client trusts it knows whether it is inspected.</summary>
    private X509Certificate2Collection Trust(Way way)
    {
        X509Certificate2Collection trust = [];
        trust.ImportFromPemFile(way == Way.Passthrough ? site.Deployment.Internet.CaFile : Path.Combine(site.Deployment.Cagent.StateFolder, "interception-ca.pem"));
        return trust;
    }

    private static string AnyHost(Random random) => random.Next(5) == 0 ? Alias : Hosts[random.Next(Hosts.Length)];

    private static async Task TryAsync(Func<Task> send)
    {
        try
        {
            await send();
        }
        catch (Exception e) when (e is not (NullReferenceException or Xunit.Sdk.XunitException))
        {
            // Refused, cut or ended: what counts is what arrived.
        }
    }
}
