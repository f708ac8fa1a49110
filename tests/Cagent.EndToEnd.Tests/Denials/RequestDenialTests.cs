// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Denials;

/// <summary>
/// Guarantee: inside an inspected tunnel each request is judged by method, path and host; what is not allowed gets a typed
/// denial and reaches no upstream, over HTTP/1.1 and HTTP/2, as the first request of a connection and as a later one.
/// </summary>
public sealed class RequestDenialTests(DenialDeployment shared) : IClassFixture<DenialDeployment>
{
    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData(DenialDeployment.Api, "GET", "/v2/x", "path_not_allowed")]
    [InlineData(DenialDeployment.Api, "GET", "/", "path_not_allowed")]
    [InlineData(DenialDeployment.Api, "GET", "/V1/x", "path_not_allowed")]
    [InlineData(DenialDeployment.Api, "DELETE", "/v1/x", "method_not_allowed")]
    [InlineData(DenialDeployment.Api, "POST", "/v1/other", "method_not_allowed")]
    [InlineData(DenialDeployment.Api, "GET", "/v1/secret/x", "path_not_allowed")]
    [InlineData(DenialDeployment.Api, "GET", "/v1/%73ecret/x", "path_not_allowed")]
    [InlineData(DenialDeployment.Api, "GET", "/v1/x/../secret/x", "path_not_allowed")]
    [InlineData(DenialDeployment.Api, "GET", "/v1/secret%2Fx", "path_not_allowed")]
    [InlineData(DenialDeployment.Api, "GET", "/v1/secret;a=b/x", "path_not_allowed")]
    [InlineData(DenialDeployment.Api, "GET", "/v1\\secret\\x", "path_not_allowed")]
    [InlineData(DenialDeployment.Api, "GET", "/v1/../v2/x", "path_not_allowed")]
    [InlineData(DenialDeployment.Api, "GET", "/v1/%2e%2e/v2/x", "path_not_allowed")]
    [InlineData(DenialDeployment.ReadOnly, "POST", "/x", "read_only")]
    [InlineData(DenialDeployment.ReadOnly, "DELETE", "/x", "read_only")]
    [InlineData(DenialDeployment.Open, "TRACE", "/x", "method_not_allowed")]
    [InlineData(DenialDeployment.Open, "PURGE", "/x", "method_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a//b", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "//a/b", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a/..%2fb", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a%2f..%2fb", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a/.%2e%2fb", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a/..%3bx/b", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/%252e%252e/b", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a%252fb", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a%25b", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a%5Cb", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a%0ab", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a%7fb", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a%", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a%zz", "path_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a%2", "path_not_allowed")]
    public async Task Request_NotAllowed_IsDeniedBeforeTheUpstream(string host, string method, string path, string reason)
    {
        long before = shared.Web.RequestCount;

        RawResponse response = await Deployment.SendAsync(host, shared.Web.Port, Text(method, path, host));

        Denial.Of(response).ShouldBe(403, reason);
        Assert.Equal(before, shared.Web.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("GET", "/a%00b")]
    [InlineData("GET", "/a#f")]
    [InlineData("GET", "/a b")]
    [InlineData("GET", "/a\tb")]
    [InlineData("GET", "/caf\u00e9")]
    [InlineData("GET", "*")]
    [InlineData("GeT", "/a")]
    [InlineData("FOO", "/a")]
    public async Task Request_Malformed_IsRefusedBeforeTheUpstream(string method, string path)
    {
        long before = shared.Web.RequestCount;

        RawResponse response = await Deployment.SendAsync(DenialDeployment.Open, shared.Web.Port, Text(method, path, DenialDeployment.Open));

        Denial.Of(response).ShouldBeRefused(400);
        Assert.Equal(before, shared.Web.RequestCount);
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
    public async Task Request_CanonicalPath_ArrivesInTheFormThatWasJudged(string sent, string received)
    {
        string marker = Guid.NewGuid().ToString("N");

        RawResponse response = await Deployment.SendAsync(
            DenialDeployment.Open, shared.Web.Port, Text("GET", sent, DenialDeployment.Open, $"x-marker: {marker}\r\n"));

        Assert.Equal(200, response.Status);
        Assert.Equal(received, Assert.Single(shared.Web.Requests, request => request.Header("x-marker") == marker).Path);
    }

    [EnvoyTheory]
    [InlineData("foo")]
    [InlineData("websocket")]
    [InlineData("TLS/1.2")]
    public async Task Upgrade_NotAllowed_IsDenied(string protocol)
    {
        long before = shared.Web.RequestCount;

        RawResponse response = await Deployment.SendAsync(
            DenialDeployment.Open, shared.Web.Port, Text("GET", "/ws", DenialDeployment.Open, $"connection: upgrade\r\nupgrade: {protocol}\r\n"));

        Denial.Of(response).ShouldBe(403, "method_not_allowed");
        Assert.Equal(before, shared.Web.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task Upgrade_ToHttp2_IsAnOrdinaryRequest()
    {
        string marker = Guid.NewGuid().ToString("N");

        RawResponse response = await Deployment.SendAsync(
            DenialDeployment.Open, shared.Web.Port, Text("GET", "/" + marker, DenialDeployment.Open, "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n"));

        Assert.Equal(200, response.Status);
        Assert.Null(Assert.Single(shared.Web.Requests, request => request.Path == "/" + marker).Header("upgrade"));
    }

    [EnvoyFact]
    public async Task Connect_InsideATunnel_IsDenied()
    {
        RawResponse response = await Deployment.SendAsync(
            DenialDeployment.Open, shared.Web.Port, $"CONNECT {DenialDeployment.Evil}:{shared.Canary.Port} HTTP/1.1\r\nhost: {DenialDeployment.Evil}:{shared.Canary.Port}\r\n\r\n");

        Assert.Equal(403, response.Status);
        Assert.NotNull(response.DeniedReason);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public async Task Request_WithOversizeHeaders_IsRefused()
    {
        long before = shared.Web.RequestCount;

        RawResponse response = await Deployment.SendAsync(
            DenialDeployment.Open, shared.Web.Port, Text("GET", "/a", DenialDeployment.Open, $"x-big: {new string('a', 70_000)}\r\n"));

        Denial.Of(response).ShouldBeRefused(431);
        Assert.Equal(before, shared.Web.RequestCount);
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    private string Text(string method, string path, string host, string lines = "") =>
        $"{method} {path} HTTP/1.1\r\nhost: {host}:{shared.Web.Port}\r\n{lines}\r\n";
}
