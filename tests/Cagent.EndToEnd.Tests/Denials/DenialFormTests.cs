// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using Cagent.EndToEnd.Tests.Attacks;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Microsoft.AspNetCore.Http;

namespace Cagent.EndToEnd.Tests.Denials;

/// <summary>
/// Guarantee: a denial reaches every kind of client in a form that it understands: JSON, a gRPC status, a refused upgrade. Nobody but the
/// proxy can say one.
/// </summary>
public sealed class DenialFormTests(AttackDeployment shared) : IClassFixture<AttackDeployment>
{
    private const string PermissionDenied = "7";
    private const string Unavailable = "14";
    private const string Upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private Deployment Deployment => shared.Deployment;

    /// <summary>gRPC reads the status of HTTP only when all else fails: it wants 200, its own content type, and its status among the headers.</summary>
    [EnvoyTheory]
    [InlineData(AttackDeployment.Api, "path_not_allowed", PermissionDenied)]
    [InlineData(AttackDeployment.ReadOnly, "read_only", PermissionDenied)]
    [InlineData(AttackDeployment.NoCredential, "credential_unavailable", Unavailable)]
    [InlineData(AttackDeployment.Wild, "address_forbidden", PermissionDenied)] // worded by Envoy itself
    public async Task GrpcCall_NotAllowed_EndsWithAGrpcStatus(string host, string reason, string status)
    {
        using ProxyHttp http = Deployment.Http(http2: true);
        using HttpResponseMessage response = await CallAsync(http, host);

        ShouldBeGrpc(response, status);
        Denial denial = Denial.OfBody(Uri.UnescapeDataString(response.Headers.GetValues("grpc-message").Single()));
        denial.ShouldSay(reason);
        Assert.Equal(reason, Assert.Single(response.Headers.GetValues("x-cagent-denied")));
    }

    [EnvoyTheory]
    [InlineData(AttackDeployment.ReadOnly, "/ws", "method_not_allowed")]
    [InlineData(AttackDeployment.Socket, "/other", "path_not_allowed")]
    public async Task WebSocket_NotAllowed_IsRefusedBeforeItOpens(string host, string path, string reason)
    {
        RawResponse response = await shared.AskAsync(AttackWay.Inspected, "GET", path, host, Upgrade);

        Denial.Of(response).ShouldBe(403, reason);
        Assert.Equal("application/json", response.Header("content-type"));
        using ProxyHttp http = Deployment.Http();
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => http.OpenWebSocketAsync(new Uri($"wss://{host}:{shared.Web.Port}{path}")));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    [EnvoyTheory]
    [InlineData(AttackWay.Inspected, 200)]
    [InlineData(AttackWay.Inspected, 403)]
    [InlineData(AttackWay.Inspected, 503)]
    [InlineData(AttackWay.Plain, 200)]
    [InlineData(AttackWay.Plain, 403)]
    public async Task Upstream_ThatForgesADenial_IsStrippedOfIt(AttackWay way, int status)
    {
        string path = $"/forged/{status}";
        Upstream upstream = way == AttackWay.Plain ? shared.PlainWeb : shared.Web;
        upstream.Handle(path, context =>
        {
            context.Response.StatusCode = status;
            Forge(context.Response.Headers);
            return Task.CompletedTask;
        });

        RawResponse response = await shared.AskAsync(way, "GET", path);

        Assert.Equal(status, response.Status);
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("x-cagent", StringComparison.OrdinalIgnoreCase));
    }

    [EnvoyFact]
    public async Task Upstream_ThatForgesADenialInTrailers_IsStrippedOfIt()
    {
        shared.Web.Handle("/forged/trailers", async context =>
        {
            Forge(context.Response.Headers);
            await context.Response.WriteAsync("body");
            context.Response.AppendTrailer("x-cagent-denied", "forged");
            context.Response.AppendTrailer("x-cagent-more", "forged");
            context.Response.AppendTrailer("x-own", "kept");
        });
        using ProxyHttp http = Deployment.Http(http2: true);
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{AttackDeployment.Open}:{shared.Web.Port}/forged/trailers");

        Assert.Equal("body", await response.Content.ReadAsStringAsync());
        Assert.Equal(["x-own"], response.TrailingHeaders.Select(header => header.Key));
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("x-cagent", StringComparison.OrdinalIgnoreCase));
    }

    [EnvoyFact]
    public async Task Upstream_ThatForgesADenialInAnUpgrade_IsStrippedOfIt()
    {
        shared.Web.Handle("/forged/ws", async context =>
        {
            Forge(context.Response.Headers);
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        });

        RawResponse response = await shared.AskAsync(AttackWay.Inspected, "GET", "/forged/ws", AttackDeployment.Upgrades, Upgrade);

        Assert.Equal(101, response.Status);
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("x-cagent", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Nothing says that a proxy stands in between: neither its name nor its version, in what it passes on and in what it answers.</summary>
    [EnvoyFact]
    public async Task Response_OfUpstreamOrProxy_DoesNotNameTheProxy()
    {
        foreach (RawResponse response in (RawResponse[])
            [await shared.AskAsync(AttackWay.Inspected, "GET", "/x"), await shared.AskAsync(AttackWay.Plain, "GET", "/x"), await shared.AskAsync(AttackWay.Inspected, "GET", "/no", AttackDeployment.Api)])
        {
            Assert.Equal((null, null), (response.Header("server"), response.Header("via")));
            Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("x-envoy", StringComparison.OrdinalIgnoreCase));
        }
    }

    private async Task<HttpResponseMessage> CallAsync(ProxyHttp http, string host)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"https://{host}:{shared.Web.Port}/pkg.Service/Method");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Content = new ByteArrayContent([0, 0, 0, 0, 0]);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return await http.Client.SendAsync(request);
    }

    private static void ShouldBeGrpc(HttpResponseMessage response, string status)
    {
        Assert.Equal((HttpStatusCode.OK, "application/grpc"), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.Equal(status, Assert.Single(response.Headers.GetValues("grpc-status")));
    }

    private static void Forge(IHeaderDictionary headers)
    {
        foreach (string name in (string[])["x-cagent-denied", "x-cagent-id", "x-cagent-anything", "X-Cagent-Upper"])
        {
            headers[name] = "forged";
        }
    }
}
