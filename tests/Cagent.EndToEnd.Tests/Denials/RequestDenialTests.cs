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
    [InlineData(DenialDeployment.ReadOnly, "POST", "/x", "read_only")]
    [InlineData(DenialDeployment.ReadOnly, "DELETE", "/x", "read_only")]
    [InlineData(DenialDeployment.Open, "TRACE", "/x", "method_not_allowed")]
    [InlineData(DenialDeployment.Open, "PURGE", "/x", "method_not_allowed")]
    [InlineData(DenialDeployment.Open, "GET", "/a//b", "path_not_allowed")]
    public async Task Request_NotAllowed_IsDeniedBeforeTheUpstream(string host, string method, string path, string reason)
    {
        long before = shared.Web.RequestCount;

        RawResponse response = await Deployment.SendAsync(host, shared.Web.Port, Text(method, path, host));

        Denial.Of(response).ShouldBe(403, reason);
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
