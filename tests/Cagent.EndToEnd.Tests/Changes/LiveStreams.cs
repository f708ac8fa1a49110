// SPDX-License-Identifier: Apache-2.0
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>Opens long streams through the proxy, each on a connection of its own; all give a sign of life about every 50 ms.</summary>
internal static class LiveStreams
{
    private const int BufferLength = 64 * 1024;

    /// <summary>An inspected WebSocket.</summary>
    public static async Task<LiveStream> WebSocketAsync(Deployment deployment, string host, int port, AgentProxy? agent = null)
    {
        ProxyHttp http = deployment.Http(agent ?? deployment.Proxy);
        ClientWebSocket socket = await http.OpenWebSocketAsync(new Uri($"wss://{host}:{port}/ws?interval=50"));
        byte[] buffer = new byte[BufferLength];
        return LiveStream.Start(
            $"the WebSocket of {host}",
            async stop => (await socket.ReceiveAsync(buffer, stop)).MessageType != WebSocketMessageType.Close,
            () => Close(socket, http));
    }

    /// <summary>Inspected server-sent events; with <c>http</c> as scheme a plain stream.</summary>
    public static async Task<LiveStream> EventsAsync(Deployment deployment, string host, int port, string scheme = "https", AgentProxy? agent = null)
    {
        ProxyHttp http = deployment.Http(agent ?? deployment.Proxy);
        ServerSentEvents events = await http.OpenEventsAsync(new Uri($"{scheme}://{host}:{port}/sse?interval=50"));
        return LiveStream.Start($"the events of {host}", async stop => await events.ReadAsync(stop) is not null, () => Close(events, http));
    }

    /// <summary>
    /// An inspected download that takes a slow sip at a time until <paramref name="hurry"/> is set. Every byte is compared
    /// with the one that belongs at its offset.
    /// </summary>
    public static async Task<LiveStream> DownloadAsync(Deployment deployment, string host, int port, long length, StrongBox<bool>? hurry = null)
    {
        ProxyHttp http = deployment.Http();
        HttpResponseMessage response = await http.Client.GetAsync($"https://{host}:{port}/bytes/{length}", HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        Stream body = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[BufferLength];
        long offset = 0;
        return LiveStream.Start($"the download from {host}", ReadAsync, () => Close(response, http));

        async Task<bool> ReadAsync(CancellationToken stop)
        {
            int sip = 0;
            int read;
            while (sip < SipLength && (read = await body.ReadAsync(buffer, stop)) > 0)
            {
                Assert.True(Pattern.IsAt(offset, buffer.AsSpan(0, read)), "a byte of the download is wrong");
                offset += read;
                sip += read;
            }

            if (sip > 0 && hurry is not { Value: true })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stop);
            }

            return sip > 0 ? true : offset == length ? false : throw new IOException($"the download ended after {offset} of {length} bytes");
        }
    }

    /// <summary>A tunnel whose bytes Envoy does not see, to a server that ticks every 50 ms.</summary>
    public static async Task<LiveStream> TunnelAsync(Deployment deployment, string host, int port, AgentProxy? agent = null)
    {
        RawConnection connection = await new RawProxy(agent ?? deployment.Proxy).ConnectTlsAsync($"{host}:{port}", new TlsClientOptions { ServerName = host, Trust = deployment.Trust });
        return LiveStream.Start($"the tunnel to {host}", async stop => (await connection.ReadBytesAsync(TickLength, stop)).Length > 0, connection.DisposeAsync);
    }

    private const int SipLength = 512 * 1024;
    private const int TickLength = 7; // of "tick 0" with its line end; later ones are a little longer

    private static ValueTask Close(params IDisposable[] all)
    {
        Array.ForEach(all, one => one.Dispose());
        return ValueTask.CompletedTask;
    }
}
