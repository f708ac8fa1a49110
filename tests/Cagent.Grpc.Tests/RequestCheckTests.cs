// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using Cagent.Grpc.Tests.Hosting;

namespace Cagent.Grpc.Tests;

public class RequestCheckTests
{
    [Theory]
    [InlineData("/cagent.grpc.tests.v1.EchoService/Missing")]
    [InlineData("/cagent.grpc.tests.v1.Missing/Unary")]
    [InlineData("/")]
    public async Task Call_UnknownPath_IsUnimplementedInTheHeaders(string path)
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawClient raw = new(host.Address);

        using HttpResponseMessage response = await raw.PostAsync(path, new byte[5]);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("headers:12", RawClient.Status(response));
    }

    [Fact]
    public async Task Call_NotPost_IsMethodNotAllowed()
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawClient raw = new(host.Address);

        using HttpResponseMessage response = await raw.SendAsync(HttpMethod.Get, RawClient.UnaryPath, null, null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("application/GRPC; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/grpc+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(null, HttpStatusCode.UnsupportedMediaType)]
    public async Task Call_ContentType_DecidesTheHttpStatus(string? contentType, HttpStatusCode expected)
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawClient raw = new(host.Address);

        using HttpResponseMessage response = await raw.SendAsync(HttpMethod.Post, RawClient.UnaryPath, new byte[5], contentType);

        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("0000000000", "trailers:0")]
    [InlineData("", "headers:13")]
    [InlineData("00000000", "headers:13")]
    [InlineData("0000000005AA", "headers:13")]
    [InlineData("0200000000", "headers:13")]
    [InlineData("0100000000", "headers:13")]
    [InlineData("00FFFFFFFF", "headers:8")]
    [InlineData("0000500000", "headers:8")]
    [InlineData("00000000000000000000", "headers:13")]
    [InlineData("0000000001FF", "headers:13")]
    public async Task Unary_RawFrames_GetTheirStatus(string bodyHex, string expected)
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawClient raw = new(host.Address);

        using HttpResponseMessage response = await raw.PostAsync(RawClient.UnaryPath, Convert.FromHexString(bodyHex));

        Assert.Equal(expected, RawClient.Status(response));
    }

    [Theory]
    [InlineData("deflate", "headers:12")]
    [InlineData("identity", "trailers:0")]
    [InlineData("gzip", "trailers:0")]
    public async Task Unary_RequestEncoding_DecidesTheStatus(string encoding, string expected)
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawClient raw = new(host.Address);

        using HttpResponseMessage response = await raw.PostAsync(RawClient.UnaryPath, new byte[5], ("grpc-encoding", encoding));

        Assert.Equal(expected, RawClient.Status(response));
        bool tellsEncodings = response.Headers.TryGetValues("grpc-accept-encoding", out IEnumerable<string>? encodings);
        Assert.Equal(encoding == "deflate" ? "identity,gzip" : null, tellsEncodings ? encodings!.Single() : null);
    }

    [Fact]
    public async Task Unary_GzipFlagOnGarbage_IsInternal()
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawClient raw = new(host.Address);
        byte[] body = new byte[25];
        body[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), 20);

        using HttpResponseMessage response = await raw.PostAsync(RawClient.UnaryPath, body, ("grpc-encoding", "gzip"));

        Assert.Equal("headers:13", RawClient.Status(response));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("123456789S")]
    [InlineData("-1S")]
    [InlineData("1s")]
    public async Task Unary_MalformedTimeout_IsInternalUnlessAbsent(string timeout)
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawClient raw = new(host.Address);

        using HttpResponseMessage response = await raw.PostAsync(RawClient.UnaryPath, new byte[5], ("grpc-timeout", timeout));

        Assert.Equal(timeout.Length == 0 ? "trailers:0" : "headers:13", RawClient.Status(response));
    }
}
