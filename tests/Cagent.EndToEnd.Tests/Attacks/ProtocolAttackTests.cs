// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>Group B of the attacks: only what is inspected may pass, and only what the entry names may be spoken.</summary>
[TestCaseOrderer(LastTest.Name, LastTest.Assembly)]
public sealed class ProtocolAttackTests(AttackDeployment shared) : IClassFixture<AttackDeployment>
{
    private const string Upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    /// <summary>What only the proxy may say, and what would tell an upstream about it.</summary>
    private static readonly string[] Forged =
    [
        "x-envoy-upstream-rq-timeout-ms", "x-envoy-max-retries", "x-envoy-retry-on", "x-envoy-original-path", "x-envoy-original-dst-host", "x-envoy-external-address", "x-envoy-internal",
        "x-envoy-force-trace", "x-envoy-decorator-operation", "x-envoy-upstream-alt-stat-name", "x-envoy-immediate-health-check-fail", "x-envoy-ip-tags",
        "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-client-cert", "x-forwarded-prefix", "forwarded", "via", "x-real-ip", "x-client-ip",
        "true-client-ip", "x-cluster-client-ip", "x-original-host", "x-host", "x-original-url", "x-rewrite-url",
        "x-cagent-agent", "x-cagent-source", "x-cagent-tunnel", "x-cagent-connect", "x-cagent-denied", "x-cagent-cut", "x-request-id", "traceparent", "tracestate", "baggage", "b3",
        "x-http-method-override", "x-http-method", "x-method-override",
        "x-http-path-override", "x-override-url", "x-middleware-subrequest", "x-remote-user", "x-ms-client-principal-name",
    ];

    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData(AttackWay.Inspected)]
    [InlineData(AttackWay.Plain)]
    public async Task Attack_E6_HeadThatIsTooLarge(AttackWay way)
    {
        long before = shared.Requests;
        Denial.Of(await shared.AskAsync(way, "GET", "/a", null, $"x-big: {new string('a', 70_000)}\r\n")).ShouldBeRefused(431);
        Denial.Of(await shared.AskAsync(way, "GET", "/a", null, string.Concat(Enumerable.Range(0, 200).Select(index => $"x-{index}: a\r\n")))).ShouldBeRefused(431);
        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("api.good.test:22")]
    [InlineData("api.good.test:25")]
    [InlineData("api.good.test:80")]
    [InlineData("api.good.test:443")]
    [InlineData("api.good.test:8443")]
    [InlineData("api.good.test:{plain}")]
    [InlineData("api.good.test:{pin}")]
    [InlineData("pin.good.test:443")]
    [InlineData("pin.good.test:{web}")]
    [InlineData("plain.good.test:443")]
    [InlineData("plain.good.test:{plain}")]
    [InlineData("x.wild.good.test:443")]
    public async Task Attack_B2_TunnelToAnotherPort(string target)
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(shared.Fill(target));

        shared.WillBeRecorded(Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed"));
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("plain.good.test")]
    [InlineData("plain.good.test:80")]
    [InlineData("plain.good.test:{web}")]
    [InlineData("pin.good.test:{pin}")]
    [InlineData("open.good.test:{web}")]
    [InlineData("open.good.test:80")]
    public async Task Attack_B2_PlainHttpToAnotherPort(string authority)
    {
        await ShouldBeDeniedPlainAsync(authority, "");
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("")]
    [InlineData("authorization: Bearer of-the-agent\r\n")]
    public async Task Attack_B3_PlainHttpToAHostWithACredential(string lines)
    {
        await ShouldBeDeniedPlainAsync("api.good.test:{web}", lines);
        await ShouldBeDeniedPlainAsync("api.good.test", lines);
        await ShouldBeDeniedPlainAsync("api.good.test:443", lines);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("evil.test:{evil}")]
    [InlineData("open.good.test:{web}")]
    [InlineData("127.0.0.1:{proxy}")]
    public async Task Attack_B4_ConnectInsideConnect(string target)
    {
        string inner = shared.Fill(target);

        RawResponse response = await Deployment.SendAsync(AttackDeployment.Open, shared.Web.Port, $"CONNECT {inner} HTTP/1.1\r\nhost: {inner}\r\n\r\n");

        Assert.Equal(403, response.Status);
        shared.WillBeRecorded(Denial.Of(response));
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("127.0.0.1:{proxy}")]
    [InlineData("localhost:{proxy}")]
    [InlineData("[::1]:{proxy}")]
    public async Task Attack_B4_TheProxysOwnAddress(string target)
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(shared.Fill(target));
        shared.WillBeRecorded(Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed"));
        await ShouldBeDeniedPlainAsync(target, "");

        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("api.good.test:{web}")]
    [InlineData("pin.good.test:{pin}")]
    public async Task Attack_B5_DataBeforeTheAnswerToConnect(string target)
    {
        long before = shared.Web.ConnectionCount + shared.Echo.ConnectionCount;
        await using RawConnection connection = await Deployment.Raw.DialAsync();

        await connection.SendAsync(shared.Fill($"CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n\r\n") + "early");
        string answer = Encoding.Latin1.GetString(await connection.ReadToCloseAsync());

        Assert.DoesNotContain(" 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(before, shared.Web.ConnectionCount + shared.Echo.ConnectionCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData(AttackWay.Inspected)]
    [InlineData(AttackWay.Plain)]
    public async Task Attack_B6_AltSvcLeadsPastTheProxy(AttackWay way)
    {
        foreach (Upstream upstream in (Upstream[])[shared.Web, shared.PlainWeb])
        {
            upstream.Handle("/alt-svc", context =>
            {
                context.Response.Headers.AltSvc = "h3=\":443\"; ma=86400";
                return Task.CompletedTask;
            });
        }

        RawResponse response = await shared.AskAsync(way, "GET", "/alt-svc");

        Assert.Equal((200, null), (response.Status, response.Header("alt-svc")));
    }

    [EnvoyTheory]
    [InlineData(AttackWay.Inspected, AttackDeployment.Open, "foo")]
    [InlineData(AttackWay.Inspected, AttackDeployment.Open, "websocket")]
    [InlineData(AttackWay.Inspected, AttackDeployment.Open, "TLS/1.2")]
    [InlineData(AttackWay.Inspected, AttackDeployment.Open, "foo, websocket")]
    [InlineData(AttackWay.Inspected, AttackDeployment.Socket, "foo")]
    [InlineData(AttackWay.Inspected, AttackDeployment.Socket, "websocket, foo")]
    [InlineData(AttackWay.Plain, null, "foo")]
    [InlineData(AttackWay.Plain, null, "websocket")]
    public async Task Attack_B7_UpgradeThatIsNotAllowed(AttackWay way, string? host, string protocol)
    {
        await shared.ShouldBeDeniedAsync(way, "GET", "/ws", "method_not_allowed", host, $"connection: upgrade\r\nupgrade: {protocol}\r\n");
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    /// <summary>What stands behind the upgrade is never a request of its own: neither to the proxy nor, when the upstream declines, to the upstream.</summary>
    [EnvoyTheory]
    [InlineData("/ws", 101)]
    [InlineData("/declined", 200)]
    public async Task Attack_B7_RequestBehindAnUpgrade(string path, int status)
    {
        const string Host = AttackDeployment.Upgrades;
        string marker = Guid.NewGuid().ToString("N");
        await using RawConnection tunnel = await Deployment.OpenAsync(Host, shared.Web.Port);

        await tunnel.SendAsync($"GET {path} HTTP/1.1\r\nhost: {Host}:{shared.Web.Port}\r\n{Upgrade}\r\nGET /behind/{marker} HTTP/1.1\r\nhost: {Host}:{shared.Web.Port}\r\n\r\n");
        RawResponse response = await tunnel.ReadResponseAsync();

        Assert.Equal(status, response.Status);
        await shared.ShouldStillWorkAndBeQuietAsync();
        Assert.DoesNotContain(shared.Web.Requests, request => request.Path.Contains(marker, StringComparison.Ordinal));
    }

    /// <summary>An upstream connection that carried an upgrade is nobody's afterwards.</summary>
    [EnvoyFact]
    public async Task Attack_B7_ConnectionOfAnUpgradeIsNotShared()
    {
        const string Host = AttackDeployment.Upgrades;
        HashSet<string> connections = [];
        for (int attempt = 0; attempt < 3; attempt++)
        {
            RawResponse response = await Deployment.SendAsync(Host, shared.Web.Port, $"GET /declined HTTP/1.1\r\nhost: {Host}:{shared.Web.Port}\r\n{Upgrade}\r\n");
            Assert.Equal(200, response.Status);
            Assert.True(connections.Add(shared.Web.Requests.Last(request => request.Path == "/declined").ConnectionId), "an upstream connection served two upgrades");
        }
    }

    [EnvoyTheory]
    [InlineData("TRACE", AttackDeployment.Open)]
    [InlineData("TRACK", AttackDeployment.Open)]
    [InlineData("TRACE", AttackDeployment.Api)]
    [InlineData("PURGE", AttackDeployment.Open)]
    [InlineData("PROPFIND", AttackDeployment.Api)]
    [InlineData("DELETE", AttackDeployment.Api)]
    [InlineData("POST", AttackDeployment.Api)]
    public async Task Attack_B8_MethodThatIsNotAllowed(string method, string host)
    {
        long before = shared.Requests;

        RawResponse response = await shared.AskAsync(AttackWay.Inspected, method, "/v1/x", host);

        // What Envoy's parser does not know is no HTTP to it.
        Denial denial = Denial.Of(response);
        Assert.True(denial is { Status: 403, Reason: "method_not_allowed" } or { Status: 400, Error: "refused" }, $"{denial}");
        shared.WillBeRecorded(denial);
        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("TRACE")]
    [InlineData("PURGE")]
    public async Task Attack_B8_MethodThatIsNotAllowedInTheOtherWays(string method)
    {
        await shared.ShouldBeDeniedAsync(AttackWay.InspectedHttp2, method, "/x", "method_not_allowed");
        await shared.ShouldBeDeniedAsync(AttackWay.Plain, method, "/x", "method_not_allowed");
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("GeT")]
    [InlineData("get")]
    [InlineData("FOO")]
    [InlineData("GET\u00e9")]
    [InlineData("G\0ET")]
    public async Task Attack_B8_MethodThatIsNone(string method)
    {
        long before = shared.Requests;

        foreach (AttackWay way in (AttackWay[])[AttackWay.Inspected, AttackWay.Plain])
        {
            Denial denial = Denial.Of(await shared.AskAsync(way, method, "/x"));
            Assert.True(denial is { Status: 400, Error: "refused" } or { Status: 403, Reason: "method_not_allowed" }, $"{denial}");
            shared.WillBeRecorded(denial);
        }

        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData(AttackWay.Inspected)]
    [InlineData(AttackWay.InspectedHttp2)]
    [InlineData(AttackWay.Plain)]
    public async Task Attack_B9_HeadersThatOnlyTheProxyMaySay(AttackWay way)
    {
        string marker = Guid.NewGuid().ToString("N");
        if (way == AttackWay.InspectedHttp2)
        {
            await using TunnelHttp2 http = await TunnelHttp2.OpenAsync(Deployment, AttackDeployment.Open, shared.Web.Port);
            await http.RequestAsync("GET", $"{AttackDeployment.Open}:{shared.Web.Port}", "/" + marker, [.. Forged.Select(name => (name, "forged-by-agent")), ("x-mine", "kept")]);
        }
        else
        {
            string lines = string.Concat(Forged.Select(name => $"{name}: forged-by-agent\r\n{name.ToUpperInvariant()}: forged-by-agent\r\n"));
            lines += "proxy-connection: forged\r\nkeep-alive: forged\r\nconnection: x-mine-too, keep-alive\r\n" + (way == AttackWay.Inspected ? "proxy-authorization: forged\r\n" : "");
            Assert.Equal(200, (await shared.AskAsync(way, "GET", "/" + marker, null, lines + "x-mine: kept\r\n")).Status);
        }

        RecordedRequest request = Assert.Single((way == AttackWay.Plain ? shared.PlainWeb : shared.Web).Requests, request => request.Path == "/" + marker);
        Assert.DoesNotContain(request.Headers, header => header.Value.Any(value => value.Contains("forged", StringComparison.Ordinal)));
        Assert.DoesNotContain(request.Headers, header => header.Key.StartsWith("x-", StringComparison.OrdinalIgnoreCase) && header.Key != "x-mine");
        Assert.Equal("kept", request.Header("x-mine"));
    }

    [EnvoyTheory]
    [InlineData("PROXY TCP4 127.0.0.3 127.0.0.1 1000 443\r\n")]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u007f\0\0\u0003\u007f\0\0\u0001\u0003\u00e8\u0001\u00bb")]
    public async Task Attack_B9_ProxyProtocol(string preface)
    {
        long before = shared.Requests;
        await using RawConnection connection = await Deployment.Raw.DialAsync();

        await connection.SendAsync(preface + shared.Fill("CONNECT two.test:{web} HTTP/1.1\r\nhost: two.test:{web}\r\n\r\n"));
        RawResponse response = await connection.ReadResponseAsync("CONNECT");

        Assert.Equal(400, response.Status);
        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("x_forwarded_for: 127.0.0.3\r\n")]
    [InlineData("x_cagent_agent: a2\r\n")]
    [InlineData("content_length: 3\r\n")]
    public async Task Attack_B9_UnderscoreInAHeadersName(string lines)
    {
        foreach (AttackWay way in (AttackWay[])[AttackWay.Inspected, AttackWay.Plain])
        {
            long before = shared.Requests;
            shared.WillBeRecorded(Denial.Of(await shared.AskAsync(way, "GET", "/x", null, lines)).ShouldBeRefused(400));
            Assert.Equal(before, shared.Requests);
        }

        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public Task Attacks_OfThisClass_LeaveOneRecordEachAndNoSecret() => shared.ShouldAllBeRecordedAsync();

    private async Task ShouldBeDeniedPlainAsync(string authority, string lines)
    {
        long before = shared.Requests;
        string host = shared.Fill(authority);

        RawResponse response = await Deployment.Raw.SendAsync($"GET http://{host}/v1/x HTTP/1.1\r\nhost: {host}\r\n{lines}\r\n");

        shared.WillBeRecorded(Denial.Of(response).ShouldBe((int)HttpStatusCode.Forbidden, "host_not_allowed"));
        Assert.Equal(before, shared.Requests);
    }
}
