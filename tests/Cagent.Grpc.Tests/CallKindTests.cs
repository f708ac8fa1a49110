// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests;

public class CallKindTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_OverEachTransport_EchoesTheMessage(bool overUnixSocket)
    {
        await using TestHost host = await TestHost.StartAsync(overUnixSocket: overUnixSocket);

        EchoResponse response = await host.Client.UnaryAsync(new EchoRequest { Text = "hello" });

        Assert.Equal("hello", response.Text);
    }

    [Fact]
    public async Task BlockingUnary_Called_EchoesTheMessage()
    {
        await using TestHost host = await TestHost.StartAsync();

        Assert.Equal("hello", host.Client.Unary(new EchoRequest { Text = "hello" }).Text);
    }

    [Fact]
    public async Task Unary_EmptyMessage_ComesBackEmpty()
    {
        await using TestHost host = await TestHost.StartAsync();

        Assert.Equal(new EchoResponse(), await host.Client.UnaryAsync(new EchoRequest()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ServerStream_OverEachTransport_DeliversInOrder(bool overUnixSocket)
    {
        await using TestHost host = await TestHost.StartAsync(overUnixSocket: overUnixSocket);
        using AsyncServerStreamingCall<EchoResponse> call = host.Client.ServerStream(new EchoRequest { Count = 100 });

        List<int> counts = [];
        await foreach (EchoResponse response in call.ResponseStream.ReadAllAsync())
        {
            counts.Add(response.Count);
        }

        Assert.Equal(Enumerable.Range(0, 100), counts);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientStream_OverEachTransport_SumsTheSizes(bool overUnixSocket)
    {
        await using TestHost host = await TestHost.StartAsync(overUnixSocket: overUnixSocket);
        using AsyncClientStreamingCall<EchoRequest, EchoResponse> call = host.Client.ClientStream();
        foreach (int size in new[] { 27_182, 8, 1_828, 45_904 })
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Payload = ByteString.CopyFrom(new byte[size]) });
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(74_922, (await call).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bidi_PingPong_AnswersEachMessage(bool overUnixSocket)
    {
        await using TestHost host = await TestHost.StartAsync(overUnixSocket: overUnixSocket);
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();
        for (int i = 0; i < 50; i++)
        {
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();

        Assert.False(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Bidi_HalfCloseAtOnce_EndsOkWithoutMessages()
    {
        await using TestHost host = await TestHost.StartAsync();
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();

        await call.RequestStream.CompleteAsync();

        Assert.False(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Bidi_ServerEndsEarly_ClientGetsTheStatusWhileItsStreamIsOpen()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Service.OnBidi = (_, _, _) => throw new RpcException(new Status(StatusCode.NotFound, "early"));
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));

        Assert.Equal(new Status(StatusCode.NotFound, "early"), e.Status);
        await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new EchoRequest()).WaitAsync(TestHost.Patience));
    }

    [Fact]
    public async Task Bidi_TwoHundredLongStreams_ShareOneConnection()
    {
        await using TestHost host = await TestHost.StartAsync();
        System.Collections.Concurrent.ConcurrentDictionary<string, bool> peers = new();
        DuplexStreamingServerMethod<EchoRequest, EchoResponse> echo = host.Service.OnBidi;
        host.Service.OnBidi = (requests, responses, context) =>
        {
            peers[context.Peer] = true;
            return echo(requests, responses, context);
        };
        await host.Client.UnaryAsync(new EchoRequest());
        List<AsyncDuplexStreamingCall<EchoRequest, EchoResponse>> calls = [.. Enumerable.Range(0, 200).Select(_ => host.Client.Bidi())];

        for (int round = 0; round < 3; round++)
        {
            string text = $"round {round}";
            await Task.WhenAll(calls.Select(call => call.RequestStream.WriteAsync(new EchoRequest { Text = text }))).WaitAsync(TestHost.Patience);
            await Task.WhenAll(calls.Select(call => call.ResponseStream.MoveNext())).WaitAsync(TestHost.Patience);
            Assert.All(calls, call => Assert.Equal(text, call.ResponseStream.Current.Text));
        }

        Assert.Single(peers);
        calls.ForEach(call => call.Dispose());
    }

    [Fact]
    public async Task Write_WhileAnotherRuns_Throws()
    {
        await using TestHost host = await TestHost.StartAsync();
        TaskCompletionSource<Exception?> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnServerStream = async (_, responses, _) =>
        {
            // Larger than the client's window, so that the first write cannot end before the client reads.
            Task first = responses.WriteAsync(new EchoResponse { Payload = ByteString.CopyFrom(new byte[4_000_000]) });
            seen.SetResult(await Record.ExceptionAsync(() => responses.WriteAsync(new EchoResponse())));
            await first;
        };
        using AsyncServerStreamingCall<EchoResponse> call = host.Client.ServerStream(new EchoRequest());

        Assert.IsType<InvalidOperationException>(await seen.Task.WaitAsync(TestHost.Patience));
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.False(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
    }
}
