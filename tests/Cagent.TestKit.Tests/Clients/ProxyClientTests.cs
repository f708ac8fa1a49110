// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;

namespace Cagent.TestKit.Tests.Clients;

public sealed class ProxyClientTests : IAsyncLifetime
{
    private static readonly string Token = AgentProxy.Basic("a1", "token-of-a1");
    private readonly TestInternet _internet = TestInternet.Start();
    private Upstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await _internet.AddHttpsAsync("api.example.com");

    public async Task DisposeAsync() => await _internet.DisposeAsync();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task ProxyHttp_Https_GoesThroughConnect(bool isHttp2, bool usesFrameworkProxy)
    {
        await using PlainProxy proxy = new(_upstream.EndPoint, Token);
        using ProxyHttp http = Http(proxy, isHttp2, usesFrameworkProxy);

        RequestEcho first = (await http.Client.GetFromJsonAsync<RequestEcho>(Address("/a")))!;
        RequestEcho second = (await http.Client.GetFromJsonAsync<RequestEcho>(Address("/b")))!;

        string protocol = isHttp2 ? "HTTP/2" : "HTTP/1.1";
        Assert.Equal((protocol, "/a", protocol, "/b"), (first.Protocol, first.Path, second.Protocol, second.Path));
        Assert.False(first.Headers.ContainsKey("proxy-authorization"));
        Assert.StartsWith($"CONNECT api.example.com:{_upstream.Port} HTTP/1.1\r\n", proxy.Heads[^1], StringComparison.Ordinal);
        Assert.Equal(1, _upstream.ConnectionCount);
        // The framework learns of the credentials by a 407, the kit sends them at once.
        Assert.Equal(usesFrameworkProxy ? 2 : 1, http.ConnectionCount);
    }

    [Fact]
    public async Task ProxyHttp_PlainHttp_SendsAbsoluteFormWithCredentials()
    {
        Upstream plain = await _internet.AddHttpAsync("plain.example.com", IPAddress.Parse("127.0.0.3"));
        await using PlainProxy proxy = new(plain.EndPoint, Token);
        using ProxyHttp http = Http(proxy);
        using HttpResponseMessage response = await http.Client.GetAsync(new Uri("http://plain.example.com/x?y=1"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("GET http://plain.example.com/x?y=1 HTTP/1.1\r\n", proxy.Heads[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProxyHttp_RefusedConnect_ShowsTheAnswer()
    {
        await using PlainProxy proxy = new(_upstream.EndPoint);
        using ProxyHttp http = Http(proxy);
        HttpRequestException error = await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.Client.GetAsync(new Uri("https://denied.example.com/")));
        ProxyRefusedException refused = Assert.IsType<ProxyRefusedException>(error as ProxyRefusedException ?? error.InnerException);
        Assert.Equal((403, "host_not_allowed", "no"), (refused.Response.Status, refused.Response.DeniedReason, refused.Response.Text));
    }

    [Fact]
    public async Task RawProxy_ConnectTls_SendsExactBytesInside()
    {
        await using PlainProxy proxy = new(_upstream.EndPoint, Token);
        RawProxy raw = new(new AgentProxy(proxy.EndPoint) { Authorization = Token });
        await using RawConnection tls = await raw.ConnectTlsAsync(
            $"api.example.com:{_upstream.Port}", new TlsClientOptions { ServerName = "other.example.com", ExpectedName = "api.example.com", Trust = _internet.Ca.Trust() });

        await tls.SendAsync("GET /1 HTTP/1.1\r\nhost: front.example.com\r\n\r\nGET /bytes/70000 HTTP/1.1\r\nhost: x\r\n\r\n");
        RawResponse first = await tls.ReadResponseAsync();
        RawResponse second = await tls.ReadResponseAsync();

        Assert.Equal((200, "application/json"), (first.Status, first.Header("Content-Type")));
        Assert.True(Pattern.IsAt(0, second.Body.Span));
        Assert.Equal(70_000, second.Body.Length);
        Assert.Equal("http/1.1", tls.ApplicationProtocol);
        Assert.Equal(["other.example.com"], _upstream.ServerNames);
        Assert.Equal("front.example.com", _upstream.Requests[0].Host);
    }

    [Fact]
    public async Task RawProxy_RefusedConnect_HasTheWholeAnswer()
    {
        await using PlainProxy proxy = new(_upstream.EndPoint);
        await using RawTunnel tunnel = await new RawProxy(new AgentProxy(proxy.EndPoint)).ConnectAsync("denied.example.com:443");
        Assert.False(tunnel.IsOpen);
        Assert.Equal((403, "host_not_allowed", "no"), (tunnel.Response.Status, tunnel.Response.DeniedReason, tunnel.Response.Text));
        Assert.Empty(await tunnel.Connection.ReadToCloseAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WebSocket_EchoesAndTicks(bool isHttp2)
    {
        await using PlainProxy proxy = new(_upstream.EndPoint);
        using ProxyHttp http = Http(proxy, isHttp2);
        using ClientWebSocket socket = await http.OpenWebSocketAsync(Address("/ws?interval=5", "wss"));
        await socket.SendAsync(Encoding.ASCII.GetBytes("hello"), WebSocketMessageType.Text, true, CancellationToken.None);

        HashSet<string> seen = [];
        byte[] buffer = new byte[100];
        while (!seen.IsSupersetOf(["hello", "tick 0", "tick 1"]))
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            seen.Add(Encoding.ASCII.GetString(buffer, 0, received.Count));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_ArriveInOrder(bool isHttp2)
    {
        await using PlainProxy proxy = new(_upstream.EndPoint);
        using ProxyHttp http = Http(proxy, isHttp2);
        using ServerSentEvents events = await http.OpenEventsAsync(Address("/sse?interval=2"));
        Assert.Equal("event 0", await events.ReadAsync());
        Assert.Equal("event 1", await events.ReadAsync());
        Assert.Equal("event 2", await events.ReadAsync());
    }

    [Fact]
    public async Task Download_CutInTheMiddle_IsReported()
    {
        PlainProxy proxy = new(_upstream.EndPoint);
        using ProxyHttp http = Http(proxy);
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<DownloadResult> download = http.Client.DownloadAsync(Address("/bytes/1000000000"), 10_000_000, _ => begun.TrySetResult());
        await begun.Task;
        await proxy.DisposeAsync();
        DownloadResult result = await download;
        Assert.NotNull(result.Error);
        Assert.True(result.IsIntact);
        Assert.InRange(result.Length, 1, 999_999_999);
    }

    private static ProxyHttp Http(PlainProxy proxy, TestInternet internet, bool isHttp2, bool usesFrameworkProxy) => new(
        new AgentProxy(proxy.EndPoint) { Authorization = Token },
        new ProxyHttpOptions { Trust = internet.Ca.Trust(), IsHttp2 = isHttp2, UsesFrameworkProxy = usesFrameworkProxy });

    private ProxyHttp Http(PlainProxy proxy, bool isHttp2 = false, bool usesFrameworkProxy = false) => Http(proxy, _internet, isHttp2, usesFrameworkProxy);

    private Uri Address(string path, string scheme = "https") => new($"{scheme}://api.example.com:{_upstream.Port}{path}");
}
