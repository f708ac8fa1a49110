// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Tests;

public class StatusTests
{
    public static TheoryData<StatusCode> FailureCodes => [.. Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK)];

    [Theory]
    [MemberData(nameof(FailureCodes))]
    public async Task Unary_HandlerThrowsStatus_ClientGetsCodeDetailAndTrailers(StatusCode code)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnUnary = (_, _) => throw new RpcException(new Status(code, "why"), new Metadata { { "key", "value" } });

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.UnaryAsync(new EchoRequest()));

        Assert.Equal(new Status(code, "why"), e.Status);
        Assert.Equal("value", e.Trailers.GetValue("key"));
    }

    [Fact]
    public async Task Unary_HandlerThrowsWithTheTrailersOfItsContext_ClientGetsThemOnce()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnUnary = (_, context) =>
        {
            context.ResponseTrailers.Add("key", "value");
            throw new RpcException(new Status(StatusCode.NotFound, "why"), context.ResponseTrailers);
        };

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.UnaryAsync(new EchoRequest()));

        Assert.Equal(new Status(StatusCode.NotFound, "why"), e.Status);
        Assert.Equal(["value"], e.Trailers.GetAll("key").Select(entry => entry.Value));
    }

    [Theory]
    [MemberData(nameof(FailureCodes))]
    public async Task ServerStream_HandlerThrowsAfterAMessage_ClientGetsMessageThenStatus(StatusCode code)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnServerStream = async (_, responses, _) =>
        {
            await responses.WriteAsync(new EchoResponse { Text = "one" });
            throw new RpcException(new Status(code, "why"));
        };
        using AsyncServerStreamingCall<EchoResponse> call = host.Client.ServerStream(new EchoRequest());

        Assert.True(await call.ResponseStream.MoveNext());
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(new Status(code, "why"), e.Status);
    }

    [Theory]
    [InlineData("\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")]
    [InlineData("100%")]
    [InlineData("%41 stays")]
    public async Task Unary_SpecialDetail_Survives(string detail)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnUnary = (_, context) =>
        {
            context.Status = new Status(StatusCode.Unknown, detail);
            return Task.FromResult(new EchoResponse());
        };

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.UnaryAsync(new EchoRequest()));

        Assert.Equal(detail, e.Status.Detail);
    }

    [Fact]
    public async Task Unary_HandlerFails_ClientLearnsNoDetail()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.ExpectsErrors = true;
        host.Service.OnUnary = (_, _) => throw new InvalidDataException("inner detail");

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.UnaryAsync(new EchoRequest()));

        Assert.Equal(StatusCode.Unknown, e.StatusCode);
        Assert.DoesNotContain("inner", e.Status.Detail, StringComparison.Ordinal);
        Assert.Contains(host.Logs.Entries, entry => entry.Id == 1003);
    }

    [Fact]
    public async Task Unary_ServerIsDown_IsUnavailable()
    {
        await using TestHost host = await TestHost.StartAsync();
        await host.Server.StopAsync(CancellationToken.None);

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.UnaryAsync(new EchoRequest()));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }
}
