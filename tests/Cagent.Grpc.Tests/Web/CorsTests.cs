// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Web;

public class CorsTests
{
    private static readonly HttpMethod s_options = HttpMethod.Options;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Preflight_AllowedOrigin_AllowsThePost(int version)
    {
        await using WebHost host = await WebHost.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(
            s_options,
            "Unary",
            version,
            null,
            null,
            ("origin", WebHost.Origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type,x-grpc-web,x-user-agent,x-own"));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(WebHost.Origin, Header(response, "access-control-allow-origin"));
        Assert.Equal("POST", Header(response, "access-control-allow-methods"));
        Assert.Equal("content-type,x-grpc-web,x-user-agent,x-own", Header(response, "access-control-allow-headers"));
        Assert.Equal("600", Header(response, "access-control-max-age"));
        Assert.Equal("Origin", Header(response, "vary"));
        Assert.Null(Header(response, "access-control-allow-credentials"));
    }

    [Theory]
    [InlineData("https://evil.test")]
    [InlineData("https://console.test")]
    [InlineData("https://console.test:8443.evil.test")]
    [InlineData("http://console.test:8443")]
    [InlineData("https://CONSOLE.test:8443")]
    [InlineData("null")]
    [InlineData("*")]
    public async Task Origin_NotInTheList_GetsNothingAndReachesNoHandler(string origin)
    {
        await using WebHost host = await WebHost.StartAsync();
        int calls = 0;
        host.Host.Service.OnUnary = (_, _) =>
        {
            calls++;
            return Task.FromResult(new EchoResponse());
        };

        using HttpResponseMessage preflight = await host.SendAsync(
            s_options, "Unary", 1, null, null, ("origin", origin), ("access-control-request-method", "POST"));
        using HttpResponseMessage call = await host.PostAsync("Unary", WebHost.Body(new EchoRequest(), isText: false), 1, isText: false, ("origin", origin));
        using HttpResponseMessage proper = await host.SendAsync(
            HttpMethod.Post, "Unary", 2, new ByteArrayContent(WebHost.Body(new EchoRequest(), isText: false)), "application/grpc", ("origin", origin));

        foreach (HttpResponseMessage response in new[] { preflight, call, proper })
        {
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Null(Header(response, "access-control-allow-origin"));
        }

        Assert.Equal(0, calls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Call_AllowedOrigin_ExposesWhatItSends(int version)
    {
        await using WebHost host = await WebHost.StartAsync(allowCredentials: true);
        host.Host.Service.OnUnary = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "x-own", "1" } });
            return new EchoResponse();
        };

        using HttpResponseMessage response = await host.PostAsync(
            "Unary", WebHost.Body(new EchoRequest(), isText: false), version, isText: false, ("origin", WebHost.Origin));

        Assert.Equal(WebHost.Origin, Header(response, "access-control-allow-origin"));
        Assert.Equal("true", Header(response, "access-control-allow-credentials"));
        Assert.Contains("x-own", Exposed(response));
    }

    [Fact]
    public async Task Failure_AllowedOrigin_ExposesItsStatus()
    {
        await using WebHost host = await WebHost.StartAsync();
        host.Host.Service.OnUnary = (_, _) => throw new RpcException(new Status(StatusCode.NotFound, "no"), new Metadata { { "x-own", "1" } });

        using HttpResponseMessage response = await host.PostAsync(
            "Unary", WebHost.Body(new EchoRequest(), isText: false), 1, isText: false, ("origin", "http://localhost:5173"));

        Assert.Equal("headers:5", RawClient.Status(response));
        Assert.Superset(new HashSet<string> { "grpc-status", "grpc-message", "x-own" }, Exposed(response));
    }

    [Fact]
    public async Task Options_WithoutAPreflight_IsNotAllowed()
    {
        await using WebHost host = await WebHost.StartAsync();

        using HttpResponseMessage response = await host.SendAsync(s_options, "Unary", 1, null, null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(',', values) : null;

    private static HashSet<string> Exposed(HttpResponseMessage response) =>
        [.. Header(response, "access-control-expose-headers")!.Split(',').Select(name => name.ToLowerInvariant())];
}
