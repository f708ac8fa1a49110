// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Tests;

public class MetadataTests
{
    private static readonly byte[] s_allBytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

    [Fact]
    public async Task Metadata_OfEveryKind_IsEchoedInHeadersAndTrailers()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnUnary = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync(Own(context.RequestHeaders));
            foreach (Metadata.Entry entry in Own(context.RequestHeaders))
            {
                context.ResponseTrailers.Add(entry);
            }

            return new EchoResponse();
        };
        Metadata sent = new()
        {
            { "x-text", "plain" },
            { "x-empty", "" },
            { "x-all-bin", s_allBytes },
            { "x-none-bin", Array.Empty<byte>() },
            { "x-long-bin", new byte[8000] },
        };

        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest(), sent);
        await call;

        Assert.Equal(Describe(sent), Describe(Own(await call.ResponseHeadersAsync)));
        Assert.Equal(Describe(sent), Describe(Own(call.GetTrailers())));
    }

    [Fact]
    public async Task ResponseMetadata_RepeatedKeys_StayApart()
    {
        await using TestHost host = await TestHost.StartAsync();
        Metadata repeated = new() { { "x-text", "one" }, { "x-text", "" }, { "x-bin", new byte[] { 1 } }, { "x-bin", Array.Empty<byte>() } };
        host.Service.OnUnary = async (_, context) =>
        {
            await context.WriteResponseHeadersAsync(repeated);
            return new EchoResponse();
        };

        using AsyncUnaryCall<EchoResponse> call = host.Client.UnaryAsync(new EchoRequest());
        await call;

        Assert.Equal(Describe(repeated), Describe(Own(await call.ResponseHeadersAsync)));
    }

    [Fact]
    public async Task BinaryMetadata_PaddedAndJoined_IsAccepted()
    {
        await using TestHost host = await TestHost.StartAsync();
        List<byte[]> seen = [];
        host.Service.OnUnary = (_, context) =>
        {
            seen.AddRange(context.RequestHeaders.GetAll("x-bin").Select(entry => entry.ValueBytes));
            return Task.FromResult(new EchoResponse());
        };
        using RawClient raw = new(host.Address);

        await raw.PostAsync(RawClient.UnaryPath, new byte[5], ("x-bin", "q6s=,q6s, ,qw"));

        Assert.Equal([[0xab, 0xab], [0xab, 0xab], [], [0xab]], seen);
    }

    [Fact]
    public async Task BinaryMetadata_NotBase64_IsInternal()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnUnary = (_, context) => Task.FromResult(new EchoResponse { Count = context.RequestHeaders.Count });
        using RawClient raw = new(host.Address);

        using HttpResponseMessage response = await raw.PostAsync(RawClient.UnaryPath, new byte[5], ("x-bin", "!!!"));

        Assert.Equal("headers:13", RawClient.Status(response));
    }

    [Theory]
    [InlineData("grpc-status", "0")]
    [InlineData("content-type", "text/html")]
    [InlineData("x-text", "not ascii: é")]
    public async Task Trailers_ThatCannotBeSent_FailTheCall(string key, string value)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.ExpectsErrors = true;
        host.Service.OnUnary = (_, context) =>
        {
            context.ResponseTrailers.Add(key, value);
            return Task.FromResult(new EchoResponse());
        };

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.UnaryAsync(new EchoRequest()));

        Assert.Equal(StatusCode.Internal, e.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("é")]
    public void Entry_InvalidKey_Throws(string key) => Assert.Throws<ArgumentException>(() => new Metadata.Entry(key, "v"));

    private static Metadata Own(Metadata metadata)
    {
        Metadata own = [];
        foreach (Metadata.Entry entry in metadata.Where(entry => entry.Key.StartsWith("x-", StringComparison.Ordinal)))
        {
            own.Add(entry);
        }

        return own;
    }

    private static IEnumerable<string> Describe(Metadata metadata) =>
        metadata.Select(entry => $"{entry.Key}={Convert.ToHexString(entry.ValueBytes)}").Order(StringComparer.Ordinal);
}
