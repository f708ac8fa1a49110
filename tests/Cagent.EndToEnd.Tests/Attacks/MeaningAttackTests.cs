// SPDX-License-Identifier: Apache-2.0
using System.Net.WebSockets;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>Group D of the attacks: what was judged is what is forwarded, byte for byte, over HTTP/1.1, HTTP/2 and plain HTTP alike.</summary>
[TestCaseOrderer(LastTest.Name, LastTest.Assembly)]
public sealed class MeaningAttackTests(AttackDeployment shared) : IClassFixture<AttackDeployment>
{
    private static readonly AttackWay[] Ways = Enum.GetValues<AttackWay>();

    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData("/v1/../v1/secret/x")]
    [InlineData("/v1/x/../secret/x")]
    [InlineData("/v1/%2e%2e/v1/secret/x")]
    [InlineData("/v1/x/%2e%2e/secret/x")]
    [InlineData("/v1/x/.%2e/secret/x")]
    [InlineData("/v1/x/%2E./secret/x")]
    [InlineData("/v1/./secret/x")]
    [InlineData("/./v1/secret/x")]
    [InlineData("/v1/%2e/secret/x")]
    [InlineData("/v1/%73ecret/x")]
    [InlineData("/../v1/secret/x")]
    public Task Attack_D1_DotSegmentsAroundADenial(string path) => ShouldBeDeniedAsync(path, AttackDeployment.Api);

    [EnvoyTheory]
    [InlineData("/v1/../admin")]
    [InlineData("/v1/%2e%2e/admin")]
    [InlineData("/v1/.%2e/admin")]
    [InlineData("/v1/x/../../admin")]
    public async Task Attack_D1_DotSegmentsOutOfAnAllowedPath(string path)
    {
        foreach (AttackWay way in (AttackWay[])[AttackWay.Inspected, AttackWay.InspectedHttp2])
        {
            await shared.ShouldBeDeniedAsync(way, "GET", path, "path_not_allowed", AttackDeployment.Api);
        }

        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/../../etc", "/etc")]
    [InlineData("/a/%2e%2e/b", "/b")]
    [InlineData("/a/%2E./b", "/b")]
    [InlineData("/a/..;x=1/b", "/b")]
    [InlineData("/a/.;/b", "/a/b")]
    [InlineData("/%61%62", "/ab")]
    [InlineData("/%7Euser", "/~user")]
    [InlineData("/a\\b", "/a/b")]
    [InlineData("/a\\..\\b", "/b")]
    [InlineData("/a/b/", "/a/b/")]
    [InlineData("/a;x=1/b", "/a;x=1/b")]
    [InlineData("/...", "/...")]
    [InlineData("/+a", "/+a")]
    [InlineData("/a%3Fb", "/a%3Fb")]
    [InlineData("/caf%C3%A9", "/caf%C3%A9")]
    [InlineData("/@scope%2Fname", "/@scope%2Fname")]
    [InlineData("/@scope%2fname", "/@scope%2fname")]
    [InlineData("/a?x=/../y//%2e", "/a")]
    public async Task Attack_D1_PathThatIsForwardedInAnotherFormThanWasJudged(string sent, string received)
    {
        foreach (AttackWay way in Ways)
        {
            string marker = Guid.NewGuid().ToString("N");
            await SendAsync(way, sent, ("x-marker", marker));
            Assert.Equal(received, Arrived(way, marker).Path);
        }
    }

    [EnvoyTheory]
    [InlineData("/v1/..;x=y/v1/secret/x")]
    [InlineData("/v1/x/..;/secret/x")]
    [InlineData("/v1/.;/secret/x")]
    [InlineData("/v1/secret;x=y/x")]
    [InlineData("/v1/secret;/x")]
    [InlineData("/v1;x=y/secret/x")]
    [InlineData("/v1/secret%3bx=y/x")]
    [InlineData("/v1/x/..%3bx/secret/x")]
    [InlineData("/v1/;/secret/x")]
    [InlineData("/;x=y/v1/secret/x")]
    public Task Attack_D2_PathParameters(string path) => ShouldBeDeniedAsync(path, AttackDeployment.Api);

    [EnvoyTheory]
    [InlineData("//v1/secret/x")]
    [InlineData("/v1//secret/x")]
    [InlineData("/a//b")]
    [InlineData("/a///b")]
    [InlineData("/v1/\\secret/x")]
    [InlineData("/v1\\secret\\x")]
    [InlineData("/v1\\..\\v1\\secret\\x")]
    [InlineData("\\v1\\secret\\x")]
    public async Task Attack_D3_EmptySegmentsAndBackslashes(string path)
    {
        foreach (AttackWay way in Ways)
        {
            if (path[0] != '\\')
            {
                await shared.ShouldBeDeniedAsync(way, "GET", path, "path_not_allowed", path.Contains("secret", StringComparison.Ordinal) ? AttackDeployment.Api : null);
            }
            else if (way == AttackWay.Inspected)
            {
                long before = shared.Requests;
                Denial denial = shared.WillBeRecorded(Denial.Of(await shared.AskAsync(way, "GET", path, AttackDeployment.Api)));
                Assert.InRange(denial.Status, 400, 403);
                Assert.Equal(before, shared.Requests);
            }
        }

        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("/a%5Cb")]
    [InlineData("/a%5cb")]
    [InlineData("/a%252fb")]
    [InlineData("/a%25%32%66b")]
    [InlineData("/%252e%252e/b")]
    [InlineData("/a%25b")]
    [InlineData("/a/..%2fb")]
    [InlineData("/a%2f..%2fb")]
    [InlineData("/a/.%2e%2fb")]
    [InlineData("/a/..%3bx/b")]
    [InlineData("/a%0ab")]
    [InlineData("/a%0d%0ab")]
    [InlineData("/a%7fb")]
    [InlineData("/a%")]
    [InlineData("/a%2")]
    [InlineData("/a%zz")]
    [InlineData("/a%u002fb")]
    [InlineData("/v1/secret%2Fx")]
    [InlineData("/v1/secret%2fx")]
    [InlineData("/v1/%2Fsecret/x")]
    public Task Attack_D4_EscapesThatHideAnother(string path) => ShouldBeDeniedAsync(path, path.StartsWith("/v1", StringComparison.Ordinal) ? AttackDeployment.Api : null);

    /// <summary>Not UTF-8, or longer than it need be: decoded carelessly it is a slash or a dot.</summary>
    [EnvoyTheory]
    [InlineData("/v1/x/%c0%ae%c0%ae/secret/x")]
    [InlineData("/v1/%c0%afsecret/x")]
    [InlineData("/v1/%e0%80%afsecret/x")]
    public Task Attack_D4_OverlongUtf8(string path) => ShouldBeDeniedAsync(path, AttackDeployment.Api);

    [EnvoyTheory]
    [InlineData("/a%00b")]
    [InlineData("/a#f")]
    [InlineData("/a b")]
    [InlineData("/a\tb")]
    [InlineData("/caf\u00e9")]
    [InlineData("/a\0b")]
    [InlineData("/a\u007fb")]
    [InlineData("*")]
    [InlineData("v1/x")]
    [InlineData("")]
    public async Task Attack_D4_BytesThatNoPathMayHold(string path)
    {
        long before = shared.Requests;

        Denial denial = Denial.Of(await shared.AskAsync(AttackWay.Inspected, "GET", path));

        Assert.True(denial is { Status: 400, Error: "refused" } or { Status: 403, Reason: "path_not_allowed" }, $"{denial}");
        shared.WillBeRecorded(denial);
        Assert.Equal(before, shared.Requests);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("x-http-method-override")]
    [InlineData("x-method-override")]
    [InlineData("x-http-method")]
    [InlineData("X-HTTP-Method-Override")]
    public async Task Attack_D5_MethodOverrideHeader(string header)
    {
        foreach (AttackWay way in Ways)
        {
            string marker = Guid.NewGuid().ToString("N");
            await SendAsync(way, "/overridden", ("x-marker", marker), (way == AttackWay.InspectedHttp2 ? header.ToLowerInvariant() : header, "DELETE"));
            RecordedRequest request = Arrived(way, marker);
            Assert.Equal("GET", request.Method);
            Assert.DoesNotContain(request.Headers, one => one.Value.Contains("DELETE"));
        }
    }

    [EnvoyTheory]
    [InlineData("POST", "content-type: application/x-www-form-urlencoded\r\ncontent-length: 11\r\n")]
    [InlineData("POST", "content-type: application/grpc-web+proto\r\ncontent-length: 0\r\n")]
    [InlineData("POST", "x-http-method-override: GET\r\ncontent-length: 0\r\n")]
    [InlineData("PUT", "")]
    [InlineData("PATCH", "")]
    [InlineData("DELETE", "")]
    public async Task Attack_D5_WriteOnAReadOnlyEntry(string method, string lines)
    {
        await shared.ShouldBeDeniedAsync(AttackWay.Inspected, method, "/x?_method=GET", "read_only", AttackDeployment.ReadOnly, lines);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    /// <summary>An upgrade is a permission of its own: an entry without it refuses one, one with it only where its lines allow GET.</summary>
    [EnvoyFact]
    public async Task Attack_D7_WebSocketForWhatPostMayNotDo()
    {
        const string Lines = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        await shared.ShouldBeDeniedAsync(AttackWay.Inspected, "GET", "/ws", "method_not_allowed", AttackDeployment.ReadOnly, Lines);
        await shared.ShouldBeDeniedAsync(AttackWay.Inspected, "GET", "/v1/ws", "method_not_allowed", AttackDeployment.Api, Lines);
        await shared.ShouldBeDeniedAsync(AttackWay.Inspected, "GET", "/other", "path_not_allowed", AttackDeployment.Socket, Lines);
        await shared.ShouldBeDeniedAsync(AttackWay.Inspected, "POST", "/ws", "method_not_allowed", AttackDeployment.Socket, Lines + "content-length: 0\r\n");
        await shared.ShouldBeDeniedAsync(AttackWay.Plain, "GET", "/ws", "method_not_allowed", null, Lines);

        using ProxyHttp http = Deployment.Http();
        using ClientWebSocket socket = await http.OpenWebSocketAsync(new Uri($"wss://{AttackDeployment.Socket}:{shared.Web.Port}/ws"));
        await socket.SendAsync(Encoding.ASCII.GetBytes("allowed"), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal(7, (await socket.ReceiveAsync(new byte[100], CancellationToken.None)).Count);
    }

    [EnvoyFact]
    public Task Attacks_OfThisClass_LeaveOneRecordEachAndNoSecret() => shared.ShouldAllBeRecordedAsync();

    private async Task ShouldBeDeniedAsync(string path, string? host)
    {
        foreach (AttackWay way in Ways)
        {
            await shared.ShouldBeDeniedAsync(way, "GET", path, "path_not_allowed", host);
        }

        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    private async Task SendAsync(AttackWay way, string path, params (string Name, string Value)[] headers)
    {
        const string host = AttackDeployment.Open;
        if (way == AttackWay.InspectedHttp2)
        {
            await using TunnelHttp2 http = await TunnelHttp2.OpenAsync(Deployment, host, shared.Web.Port);
            await http.RequestAsync("GET", $"{host}:{shared.Web.Port}", path, headers);
            return;
        }

        RawResponse response = await shared.AskAsync(way, "GET", path, host, string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n")));
        Assert.Equal(200, response.Status);
    }

    private RecordedRequest Arrived(AttackWay way, string marker) =>
        Assert.Single((way == AttackWay.Plain ? shared.PlainWeb : shared.Web).Requests, request => request.Header("x-marker") == marker);
}
