// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests;

public class SizeAndCompressionTests
{
    private const int Limit = 4 * 1024 * 1024;

    // The echo must not fail on the client's own limit when the server's is under test.
    private static readonly HttpChannelOptions s_unlimited = new() { MaxReceiveMessageSize = int.MaxValue };

    [Theory]
    [InlineData(1_000)]
    [InlineData(65_531)]
    [InlineData(314_159)]
    [InlineData(3_000_000)]
    public async Task Unary_MessageLargerThanTheWindows_PassesBothWays(int size)
    {
        await using TestHost host = await TestHost.StartAsync();
        ByteString payload = Random(size);

        EchoResponse response = await host.Client.UnaryAsync(new EchoRequest { Payload = payload }).ResponseAsync.WaitAsync(TestHost.Patience);

        Assert.Equal(payload, response.Payload);
    }

    [Fact]
    public async Task Bidi_MessagesLargerThanTheWindows_PassBothWays()
    {
        await using TestHost host = await TestHost.StartAsync();
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();
        ByteString payload = Random(3_000_000);
        for (int i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Payload = payload }).WaitAsync(TestHost.Patience);
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
            Assert.Equal(payload, call.ResponseStream.Current.Payload);
        }
    }

    [Fact]
    public async Task Unary_RequestOverTheLimit_IsResourceExhausted()
    {
        await using TestHost host = await TestHost.StartAsync(client: s_unlimited);

        RpcException e = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Client.UnaryAsync(new EchoRequest { Payload = Random(Limit + 1) }).ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    [Fact]
    public async Task Unary_ServiceWithAHigherLimit_TakesALargerRequest()
    {
        await using TestHost host = await TestHost.StartAsync(maxReceive: 16 * 1024 * 1024);
        host.Service.OnUnary = (request, _) => Task.FromResult(new EchoResponse { Count = request.Payload.Length });

        EchoResponse response = await host.Client.UnaryAsync(new EchoRequest { Payload = Random(Limit * 3) }).ResponseAsync.WaitAsync(TestHost.Patience);

        Assert.Equal(Limit * 3, response.Count);
    }

    [Fact]
    public async Task Bidi_RequestOverTheLimit_IsResourceExhausted()
    {
        await using TestHost host = await TestHost.StartAsync(client: s_unlimited);
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();
        Task write = call.RequestStream.WriteAsync(new EchoRequest { Payload = Random(Limit + 1) });

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        await Record.ExceptionAsync(() => write.WaitAsync(TestHost.Patience));
    }

    [Fact]
    public async Task Unary_ResponseOverTheClientsLimit_IsResourceExhausted()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnUnary = (request, _) => Task.FromResult(new EchoResponse { Payload = Random(request.Count) });

        RpcException e = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Client.UnaryAsync(new EchoRequest { Count = Limit + 1 }).ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    [Fact]
    public async Task Unary_ResponseOverTheServersLimit_IsResourceExhausted()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaxSendMessageSize = 1000);
        host.Service.OnUnary = (request, _) => Task.FromResult(new EchoResponse { Payload = Random(request.Count) });

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await host.Client.UnaryAsync(new EchoRequest { Count = 1001 }));

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Gzip_InEachDirection_IsTransparent(bool requests, bool responses)
    {
        await using TestHost host = await TestHost.StartAsync(
            options => options.CompressResponses = responses, new HttpChannelOptions { CompressRequests = requests });
        string? encoding = null;
        host.Service.OnUnary = (request, _) => Task.FromResult(new EchoResponse { Payload = request.Payload });
        ByteString payload = ByteString.CopyFrom(new byte[1_000_000]);

        EchoResponse unary = await host.Client.UnaryAsync(new EchoRequest { Payload = payload });
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();
        await call.RequestStream.WriteAsync(new EchoRequest { Payload = payload });
        Assert.True(await call.ResponseStream.MoveNext());

        Assert.Equal(payload, unary.Payload);
        Assert.Equal(payload, call.ResponseStream.Current.Payload);
        using RawClient raw = new(host.Address);
        using HttpResponseMessage response = await raw.PostAsync(
            RawClient.UnaryPath, Convert.FromHexString("000000000312017A"), ("grpc-accept-encoding", "deflate, gzip"));
        encoding = response.Headers.TryGetValues("grpc-encoding", out IEnumerable<string>? values) ? values.Single() : null;
        Assert.Equal(responses ? "gzip" : null, encoding);
        Assert.Equal(responses ? 1 : 0, (await response.Content.ReadAsByteArrayAsync())[0]);
    }

    [Fact]
    public async Task Gzip_InflatesBeyondTheLimit_IsResourceExhausted()
    {
        await using TestHost host = await TestHost.StartAsync(client: new HttpChannelOptions { CompressRequests = true, MaxReceiveMessageSize = int.MaxValue });

        // 4 MB of zeros travel as 4 KB: only the bound on the output can stop them.
        RpcException e = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Client.UnaryAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[Limit + 1]) }));

        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    private static ByteString Random(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
