// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tests.Http;

public sealed class UpstreamTests : IAsyncLifetime, IDisposable
{
    private const string Name = "https://api.example.com";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private readonly TestCa _ca = new();
    private Upstream _upstream = null!;
    private HttpClient _http1 = null!;
    private HttpClient _http2 = null!;

    public async Task InitializeAsync()
    {
        _upstream = await Upstream.StartAsync(new UpstreamOptions { Certificate = _ca.Issue("api.example.com"), Address = IPAddress.Parse("127.0.0.2") });
        _http1 = DirectHttp.Client(_upstream.EndPoint, _ca, isHttp2: false);
        _http2 = DirectHttp.Client(_upstream.EndPoint, _ca, isHttp2: true);
    }

    public async Task DisposeAsync()
    {
        _http1.Dispose();
        _http2.Dispose();
        await _upstream.DisposeAsync();
    }

    public void Dispose() => _ca.Dispose();

    [Theory]
    [InlineData(false, "HTTP/1.1")]
    [InlineData(true, "HTTP/2")]
    public async Task Echo_AnyPath_TellsTheRequestAsItCame(bool isHttp2, string protocol)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Name + "/v1/%2e%2F/x?a=1&a=2") { Version = Version(isHttp2), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Add("x-many", ["one", "two"]);
        request.Content = new StringContent("hello body");

        using HttpResponseMessage response = await Client(isHttp2).SendAsync(request);
        RequestEcho echo = (await response.Content.ReadFromJsonAsync<RequestEcho>())!;

        Assert.Equal(("POST", "?a=1&a=2", "api.example.com", protocol, 10L), (echo.Method, echo.Query, echo.Host, echo.Protocol, echo.BodyLength));
        Assert.Contains("%2F", echo.Path, StringComparison.Ordinal);
        Assert.Equal(["one", "two"], echo.Headers["x-many"].SelectMany(value => value.Split(", ")));
        RecordedRequest recorded = Assert.Single(_upstream.Requests);
        Assert.Equal((echo.Path, "hello body", true, "api.example.com"), (recorded.Path, recorded.BodyStart, recorded.IsComplete, recorded.ServerName));
        Assert.Equal(1, _upstream.ConnectionCount);
        Assert.Equal(["api.example.com"], _upstream.ServerNames);
    }

    [Fact]
    public async Task Echo_RawPath_IsNotNormalised()
    {
        await using RawConnection connection = await RawConnection.DialAsync(_upstream.EndPoint);
        await using RawConnection tls = await connection.StartTlsAsync(new TlsClientOptions { ServerName = "api.example.com", Trust = _ca.Trust() });
        await tls.SendAsync("GET /v1/../%2e%2e/x;y HTTP/1.1\r\nhost: api.example.com\r\nx-role: user\r\nx-role: admin\r\n\r\n");
        RequestEcho echo = JsonSerializer.Deserialize<RequestEcho>((await tls.ReadResponseAsync()).Text, JsonSerializerOptions.Web)!;

        Assert.Equal("/v1/../%2e%2e/x;y", echo.Path);
        Assert.Equal("user|admin", string.Join("|", echo.Headers["x-role"]));
    }

    [Fact]
    public async Task Alpn_Http1OnlyUpstream_RefusesHttp2()
    {
        await using Upstream old = await Upstream.StartAsync(new UpstreamOptions { Certificate = _ca.Issue("api.example.com"), IsHttp2 = false });
        using HttpClient http1 = DirectHttp.Client(old.EndPoint, _ca, isHttp2: false);
        using HttpClient http2 = DirectHttp.Client(old.EndPoint, _ca, isHttp2: true);

        Assert.Equal("HTTP/1.1", (await http1.GetFromJsonAsync<RequestEcho>(Name))!.Protocol);
        await Assert.ThrowsAsync<HttpRequestException>(() => http2.GetAsync(Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_HundredMegabytes_ArriveIntact(bool isHttp2)
    {
        const long length = 100_000_001;
        DownloadResult result = await Client(isHttp2).DownloadAsync(new Uri($"{Name}/bytes/{length}"));
        Assert.Equal((length, true, null), (result.Length, result.IsIntact, result.Error));
    }

    [Fact]
    public async Task Bytes_RateLimited_TakesItsTime()
    {
        DownloadResult result = await _http1.DownloadAsync(new Uri($"{Name}/bytes/300000"), bytesPerSecond: 1_000_000);
        Assert.Equal(300_000, result.Length);
        Assert.InRange(result.Duration, TimeSpan.FromMilliseconds(250), Long);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_TwentyMegabytes_IsCounted(bool isHttp2)
    {
        using ByteArrayContent content = new(new byte[20_000_000]);
        using HttpResponseMessage response = await Client(isHttp2).PostAsync(Name + "/upload", content);
        Assert.Equal("20000000", await response.Content.ReadAsStringAsync());
        Assert.Equal(RecordedRequest.MaxBodyStart, _upstream.Requests[0].BodyStart.Length);
    }

    [Fact]
    public async Task StatusRedirectAndForgedDenial_Answer()
    {
        using HttpResponseMessage status = await _http2.GetAsync(Name + "/status/418");
        using HttpResponseMessage empty = await _http2.GetAsync(Name + "/status/204");
        using HttpResponseMessage redirect = await _http2.GetAsync(Name + "/redirect?to=http%3A%2F%2F169.254.169.254%2F");
        using HttpResponseMessage forged = await _http2.GetAsync(Name + "/set-denied");

        Assert.Equal((418, 204, 302), ((int)status.StatusCode, (int)empty.StatusCode, (int)redirect.StatusCode));
        Assert.Equal("http://169.254.169.254/", redirect.Headers.Location!.ToString());
        Assert.Equal(["forged"], forged.Headers.GetValues("x-cagent-denied"));
        Assert.Equal(["forged"], forged.Headers.GetValues("x-cagent-id"));
    }

    [Fact]
    public async Task EchoHeaders_ReturnsThemWithPrefix()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Name + "/echo-headers");
        request.Headers.Add("x-secret", "value");
        using HttpResponseMessage response = await _http1.SendAsync(request);
        Assert.Equal(["value"], response.Headers.GetValues("x-echo-x-secret"));
    }

    [Fact]
    public async Task Slow_Delays_TheHead()
    {
        long start = TimeProvider.System.GetTimestamp();
        using HttpResponseMessage response = await _http1.GetAsync(Name + "/slow?ms=150", HttpCompletionOption.ResponseHeadersRead);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromMilliseconds(140), Long);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reset_EndsTheRequest_AndTheNextOneWorks(bool isHttp2)
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => Client(isHttp2).GetAsync(Name + "/reset"));
        using HttpResponseMessage response = await Client(isHttp2).GetAsync(Name);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Handle_OwnHandler_ReplacesThePath()
    {
        _upstream.Handle("/own", context =>
        {
            context.Response.StatusCode = 299;
            return Task.CompletedTask;
        });
        using HttpResponseMessage response = await _http2.GetAsync(Name + "/own");
        Assert.Equal(299, (int)response.StatusCode);
        Assert.Equal("/own", _upstream.Requests[0].Path);
    }

    [Fact]
    public async Task Certificate_Replaced_IsSeenByTheNextHandshake()
    {
        _upstream.Certificate = _ca.Issue("other.example.com");
        await Assert.ThrowsAsync<HttpRequestException>(() => _http1.GetAsync(Name));
        _upstream.Certificate = _ca.IssueExpired("api.example.com");
        await Assert.ThrowsAsync<HttpRequestException>(() => _http1.GetAsync(Name));
        _upstream.Certificate = TestCa.IssueSelfSigned("api.example.com");
        await Assert.ThrowsAsync<HttpRequestException>(() => _http1.GetAsync(Name));
        Assert.Equal(0, _upstream.RequestCount);

        _upstream.Certificate = _ca.Issue("*.example.com");
        using HttpResponseMessage response = await _http1.GetAsync(Name);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task PlainHttp_ServesHttp1_AndComesBackOnItsPort()
    {
        Upstream first = await Upstream.StartAsync(new UpstreamOptions());
        int port = first.Port;
        using HttpClient client = DirectHttp.Client(first.EndPoint, _ca, isHttp2: false);
        Assert.Equal("HTTP/1.1", (await client.GetFromJsonAsync<RequestEcho>("http://plain.example.com/"))!.Protocol);
        await first.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("http://plain.example.com/"));

        await using Upstream second = await Upstream.StartAsync(new UpstreamOptions { Port = port });
        using HttpResponseMessage response = await client.GetAsync("http://plain.example.com/");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Dispose_OpenEventStream_EndsIt()
    {
        Upstream upstream = await Upstream.StartAsync(new UpstreamOptions());
        using HttpClient client = DirectHttp.Client(upstream.EndPoint, _ca, isHttp2: false);
        using HttpResponseMessage response = await client.GetAsync("http://plain.example.com/sse?interval=5", HttpCompletionOption.ResponseHeadersRead);
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        Assert.True(await stream.ReadAsync(new byte[1]) > 0);
        Assert.Equal(1, upstream.OpenConnections);

        long start = TimeProvider.System.GetTimestamp();
        await upstream.DisposeAsync();

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(3));
        await Eventually.TrueAsync(() => upstream.OpenConnections == 0, Long);
    }

    private static Version Version(bool isHttp2) => isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11;

    private HttpClient Client(bool isHttp2) => isHttp2 ? _http2 : _http1;
}
