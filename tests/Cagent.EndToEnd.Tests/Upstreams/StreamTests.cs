// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Microsoft.AspNetCore.Http;

namespace Cagent.EndToEnd.Tests.Upstreams;

/// <summary>Guarantee: what agents really speak passes: pinned TLS byte for byte, and, inspected, WebSocket, server-sent events and gRPC.</summary>
public sealed class StreamTests(UpstreamDeployment shared) : IClassFixture<UpstreamDeployment>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private Deployment Deployment => shared.Deployment;

    [EnvoyFact]
    public async Task PinnedName_PassesUnopened()
    {
        await using RawConnection connection = await Deployment.OpenAsync(UpstreamDeployment.Pinned, shared.Echo.Port);
        await connection.SendAsync("not HTTP \0 at all");

        Assert.Equal("not HTTP \0 at all", Encoding.Latin1.GetString(await connection.ReadBytesAsync(17)));
        // The certificate is the upstream's own.
        Assert.Equal("CN=Cagent Test Root", connection.RemoteCertificate!.Issuer);
        Assert.Contains(UpstreamDeployment.Pinned, shared.Echo.ServerNames);
    }

    [EnvoyFact]
    public async Task PinnedName_OnThePortOfAnInspectedOne_KeepsItsOwnCertificate()
    {
        await using RawConnection pinned = await Deployment.OpenAsync(UpstreamDeployment.PinnedWeb, shared.Server.Port);
        await using RawConnection inspected = await Deployment.OpenAsync(UpstreamDeployment.Web, shared.Server.Port);

        Assert.Equal("CN=Cagent Test Root", pinned.RemoteCertificate!.Issuer);
        Assert.NotEqual("CN=Cagent Test Root", inspected.RemoteCertificate!.Issuer);
        await pinned.SendAsync($"GET /pinned HTTP/1.1\r\nhost: anything.example.com\r\n\r\n");
        Assert.Equal(200, (await pinned.ReadResponseAsync()).Status);
    }

    [EnvoyFact]
    public async Task WebSocket_OfAnEntryThatAllowsIt_Passes()
    {
        using CancellationTokenSource limit = new(Limit);
        using ProxyHttp http = Deployment.Http();
        using ClientWebSocket socket = await http.OpenWebSocketAsync(new Uri($"wss://{UpstreamDeployment.Web}:{shared.Server.Port}/ws"), limit.Token);
        byte[] buffer = new byte[100];

        foreach (string message in (string[])["one", "two"])
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(message), WebSocketMessageType.Text, true, limit.Token);
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, limit.Token);
            Assert.Equal(message, Encoding.ASCII.GetString(buffer, 0, received.Count));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
    }

    [EnvoyTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServerSentEvents_ArriveOneByOne(bool http2)
    {
        using CancellationTokenSource limit = new(Limit);
        using ProxyHttp http = Deployment.Http(http2);
        using ServerSentEvents events = await http.OpenEventsAsync(new Uri($"https://{UpstreamDeployment.Web}:{shared.Server.Port}/sse?interval=20"), limit.Token);

        for (int number = 0; number < 5; number++)
        {
            Assert.Equal($"event {number}", await events.ReadAsync(limit.Token));
        }
    }

    [EnvoyFact]
    public async Task GrpcCall_KeepsItsHttp2ItsBodyAndItsTrailers()
    {
        shared.Server.Handle("/pkg.Service/Method", async context =>
        {
            using MemoryStream message = new();
            await context.Request.Body.CopyToAsync(message);
            context.Response.ContentType = "application/grpc";
            context.Response.AppendTrailer("grpc-status", "0");
            await context.Response.Body.WriteAsync(message.ToArray());
        });
        using ProxyHttp http = Deployment.Http(http2: true);
        using HttpRequestMessage request = new(HttpMethod.Post, $"https://{UpstreamDeployment.Web}:{shared.Server.Port}/pkg.Service/Method");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Content = new ByteArrayContent([0, 0, 0, 0, 4, 1, 2, 3, 4]);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        using HttpResponseMessage response = await http.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        RecordedRequest recorded = Assert.Single(shared.Server.Requests, request => request.Path == "/pkg.Service/Method");
        Assert.Equal("HTTP/2", recorded.Protocol);
        Assert.Equal([0, 0, 0, 0, 4, 1, 2, 3, 4], await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("trailers", recorded.Header("te"));
        Assert.Equal("0", Assert.Single(response.TrailingHeaders.GetValues("grpc-status")));
    }
}
