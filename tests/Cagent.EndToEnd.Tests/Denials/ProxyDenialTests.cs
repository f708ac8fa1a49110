// SPDX-License-Identifier: Apache-2.0
using System.Security.Authentication;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Denials;

/// <summary>
/// Guarantee: at the proxy's own door, CONNECT and absolute-form HTTP pass only to a listed name on its listed port in its
/// listed scheme; everything else gets a typed denial within a second, without a connection or a DNS query for its name.
/// </summary>
public sealed class ProxyDenialTests(DenialDeployment shared) : IClassFixture<DenialDeployment>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData("evil.example.com:{canary}")]
    [InlineData("evil.example.com:443")]
    [InlineData("evilapi.example.com:{web}")]
    [InlineData("x.api.example.com:{web}")]
    [InlineData("example.com:{web}")]
    [InlineData("api.example.com:22")]
    [InlineData("api.example.com:443")]
    [InlineData("api.example.com:{plain}")]
    [InlineData("pin.example.com:443")]
    [InlineData("pin.example.com:{web}")]
    [InlineData("plain.example.com:{plain}")]
    [InlineData("plain.example.com:443")]
    [InlineData("127.0.0.1:{canary}")]
    [InlineData("127.0.0.1:{web}")]
    [InlineData("[::1]:{web}")]
    [InlineData("[::ffff:127.0.0.1]:{web}")]
    [InlineData("2130706433:{web}")]
    [InlineData("0x7f000001:{web}")]
    [InlineData("127.1:{web}")]
    [InlineData("localhost:{web}")]
    [InlineData("169.254.169.254:80")]
    [InlineData("api.example.com..:{web}")]
    public async Task Connect_NotAllowed_IsDenied(string target)
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(Fill(target));

        Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed");
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("GET http://evil.example.com:{canary}/", "evil.example.com:{canary}")]
    [InlineData("GET http://evil.example.com/", "evil.example.com")]
    [InlineData("GET http://127.0.0.1:{canary}/", "127.0.0.1:{canary}")]
    [InlineData("GET http://plain.example.com/v1/x", "plain.example.com")]
    [InlineData("GET http://plain.example.com:{canary}/v1/x", "plain.example.com:{canary}")]
    [InlineData("GET http://api.example.com:{web}/v1/x", "api.example.com:{web}")]
    [InlineData("GET http://pin.example.com:{echo}/v1/x", "pin.example.com:{echo}")]
    [InlineData("GET /v1/x", "api.example.com:{web}")]
    [InlineData("GET /v1/x", "evil.example.com")]
    [InlineData("GET http://evil.example.com:{canary}/", "plain.example.com:{plain}")]
    public async Task PlainHttp_ToNoPlainEntry_IsDenied(string line, string host)
    {
        long before = shared.PlainWeb.RequestCount;

        RawResponse response = await Deployment.Raw.SendAsync($"{Fill(line)} HTTP/1.1\r\nhost: {Fill(host)}\r\n\r\n");

        Denial.Of(response).ShouldBe(403, "host_not_allowed");
        Assert.Equal(before, shared.PlainWeb.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("GET", "/v2/x", "", "path_not_allowed")]
    [InlineData("GET", "/v1/../v2/x", "", "path_not_allowed")]
    [InlineData("GET", "/v1//x", "", "path_not_allowed")]
    [InlineData("GET", "/v1/%252e%252e/x", "", "path_not_allowed")]
    [InlineData("POST", "/v1/x", "", "method_not_allowed")]
    [InlineData("TRACE", "/v1/x", "", "method_not_allowed")]
    [InlineData("GET", "/v1/x", "connection: upgrade\r\nupgrade: websocket\r\n", "method_not_allowed")]
    [InlineData("GET", "/v1/x", "connection: upgrade\r\nupgrade: foo\r\n", "method_not_allowed")]
    public async Task PlainHttp_RequestNotAllowed_IsDenied(string method, string path, string lines, string reason)
    {
        long before = shared.PlainWeb.RequestCount;

        RawResponse response = await Deployment.Raw.SendAsync(Fill($"{method} http://plain.example.com:{{plain}}{path} HTTP/1.1\r\nhost: plain.example.com:{{plain}}\r\n{lines}\r\n"));

        Denial.Of(response).ShouldBe(403, reason);
        Assert.Equal(before, shared.PlainWeb.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task PlainHttp_UpgradeToHttp2_IsAnOrdinaryRequest()
    {
        string marker = Guid.NewGuid().ToString("N");

        RawResponse response = await Deployment.Raw.SendAsync(Fill(
            $"GET http://plain.example.com:{{plain}}/v1/{marker} HTTP/1.1\r\nhost: plain.example.com:{{plain}}\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n"));

        Assert.Equal(200, response.Status);
        RecordedRequest request = Assert.Single(shared.PlainWeb.Requests, request => request.Path.Contains(marker, StringComparison.Ordinal));
        Assert.Equal(("HTTP/1.1", null), (request.Protocol, request.Header("upgrade")));
    }

    [EnvoyTheory]
    [InlineData("GET https://api.example.com:{web}/v1/x HTTP/1.1\r\nhost: api.example.com:{web}\r\n\r\n")]
    [InlineData("GET https://evil.example.com/ HTTP/1.1\r\nhost: evil.example.com\r\n\r\n")]
    [InlineData("GET ftp://evil.example.com/ HTTP/1.1\r\nhost: evil.example.com\r\n\r\n")]
    [InlineData("FOO http://plain.example.com:{plain}/v1/x HTTP/1.1\r\nhost: plain.example.com:{plain}\r\n\r\n")]
    [InlineData("GET /v1/x HTTP/1.1\r\nhost: plain.example.com:{plain}\r\nhost: evil.example.com\r\n\r\n")]
    [InlineData("GET /v1/x HTTP/1.1\r\nhost: evil.example.com\r\nhost: plain.example.com:{plain}\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\0\u0005hello\r\n\r\n")]
    public async Task Proxy_AskedInAnotherWay_ReachesNothing(string request)
    {
        long before = shared.PlainWeb.RequestCount + shared.Web.RequestCount;
        await using RawConnection connection = await Deployment.Raw.DialAsync();
        await connection.SendAsync(Fill(request));

        RawResponse response = await connection.ReadResponseAsync();

        Assert.InRange(response.Status, 400, 426);
        Assert.False(string.IsNullOrEmpty(Denial.Of(response).Id), "no id");
        Assert.Equal(before, shared.PlainWeb.RequestCount + shared.Web.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task PinnedName_AtAForbiddenAddress_IsNeverDialled()
    {
        Exception? failure = await Record.ExceptionAsync(async () =>
        {
            await using RawConnection connection = await Deployment.OpenAsync(DenialDeployment.PinnedLoop, shared.Canary.Port, DenialDeployment.PinnedLoop);
        });

        // Not a time-out: the tunnel was ended.
        Assert.True(failure is IOException or AuthenticationException, $"expected a closed tunnel, got {failure?.GetType().Name ?? "TLS"}");
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData(DenialDeployment.Api)]
    [InlineData(DenialDeployment.Pinned)]
    public async Task PlainText_InATunnel_IsDeniedAndDialsNothing(string host)
    {
        int port = host == DenialDeployment.Api ? shared.Web.Port : shared.Echo.Port;
        long web = shared.Web.RequestCount;
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{host}:{port}");
        Assert.True(tunnel.IsOpen);

        await tunnel.Connection.SendAsync($"GET /v1/x HTTP/1.1\r\nhost: {host}:{port}\r\n\r\n");

        Denial.Of(await tunnel.Connection.ReadResponseAsync()).ShouldBe(400, "name_mismatch");
        Assert.Equal(web, shared.Web.RequestCount);
        Assert.Equal(0, shared.Echo.ConnectionCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task Denials_AreFast()
    {
        // The best of five: the machine may be busy, the proxy must not be slow.
        await ShouldBeFastAsync(async () =>
        {
            await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"evil.example.com:{shared.Canary.Port}");
        });
        await ShouldBeFastAsync(() => Deployment.Raw.SendAsync("GET http://evil.example.com/ HTTP/1.1\r\nhost: evil.example.com\r\n\r\n"));
        await ShouldBeFastAsync(() => Deployment.SendAsync(
            DenialDeployment.Api, shared.Web.Port, $"GET /v2/x HTTP/1.1\r\nhost: api.example.com:{shared.Web.Port}\r\n\r\n"));
        await ShouldBeFastAsync(() => Record.ExceptionAsync(async () =>
        {
            await using RawConnection connection = await Deployment.OpenAsync(DenialDeployment.Api, shared.Web.Port, DenialDeployment.Open);
        }));
        await ShouldBeFastAsync(() => Record.ExceptionAsync(async () =>
        {
            await using RawConnection connection = await Deployment.OpenAsync(DenialDeployment.PinnedLoop, shared.Canary.Port);
        }));
    }

    private static async Task ShouldBeFastAsync(Func<Task> denied)
    {
        const int attempts = 5;
        TimeSpan best = TimeSpan.MaxValue;
        for (int attempt = 0; attempt < attempts && best > Limit; attempt++)
        {
            long start = TimeProvider.System.GetTimestamp();
            await denied();
            TimeSpan elapsed = TimeProvider.System.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        Assert.True(best <= Limit, $"the fastest denial took {best}");
    }

    private string Fill(string text) => text
        .Replace("{web}", $"{shared.Web.Port}", StringComparison.Ordinal)
        .Replace("{plain}", $"{shared.PlainWeb.Port}", StringComparison.Ordinal)
        .Replace("{canary}", $"{shared.Canary.Port}", StringComparison.Ordinal)
        .Replace("{echo}", $"{shared.Echo.Port}", StringComparison.Ordinal);
}
