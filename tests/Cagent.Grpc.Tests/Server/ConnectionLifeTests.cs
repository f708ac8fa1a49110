// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Server;

public class ConnectionLifeTests
{
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte GoAway = 7;
    private const ushort MaxConcurrentStreams = 3;

    private static readonly TimeSpan s_age = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_grace = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task OldConnection_WithCalls_IsReplacedWithoutAFailedCall()
    {
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        await using TestHost host = await StartAsync(time);
        host.Service.OnUnary = (_, context) => Task.FromResult(new EchoResponse { Text = context.Peer });
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> stream = await OpenAsync(host);
        string first = (await host.Client.UnaryAsync(new EchoRequest())).Text;

        time.Advance(s_age * 0.89);
        Assert.Equal(first, (await host.Client.UnaryAsync(new EchoRequest())).Text);
        time.Advance(s_age * 0.22);
        await Eventually.TrueAsync(async () => (await host.Client.UnaryAsync(new EchoRequest())).Text != first, TestHost.Patience, "a new connection");

        await stream.RequestStream.WriteAsync(new EchoRequest { Text = "still" });
        Assert.True(await stream.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal("still", stream.ResponseStream.Current.Text);
        time.Advance(s_grace);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Contains("too old", e.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs.Entries, entry => entry.Id == 1022);
    }

    [Fact]
    public async Task OldConnection_WithAHandlerThatDoesNotEnd_IsCut()
    {
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        await using TestHost host = await StartAsync(time);
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Service.OnUnary = async (_, context) =>
        {
            using (context.CancellationToken.Register(cut.SetResult))
            {
                started.SetResult();
                await cut.Task;
                return new EchoResponse();
            }
        };
        Task call = host.Client.UnaryAsync(new EchoRequest()).ResponseAsync;
        await started.Task.WaitAsync(TestHost.Patience);

        time.Advance(s_age * 1.11);
        time.Advance(s_grace);
        Assert.False(cut.Task.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));

        await cut.Task.WaitAsync(TestHost.Patience);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(TestHost.Patience))).StatusCode);
        Assert.Contains(host.Logs.Entries, entry => entry.Id == 1022);
    }

    [Fact]
    public async Task OldConnection_Idle_GetsGoAwayAndIsClosed()
    {
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        await using TestHost host = await StartAsync(time);
        using RawHttp2 peer = await RawHttp2.ConnectAsync(host.Port);
        Assert.Equal(Settings, (await peer.ReadFrameAsync())!.Value.Type);

        time.Advance(s_age * 1.11);

        List<byte> types = [];
        while (await peer.ReadFrameAsync() is { } frame)
        {
            types.Add(frame.Type);
        }

        Assert.Contains(GoAway, types);
    }

    [Fact]
    public async Task SilentPeer_KeepAlive_IsPingedAndClosed()
    {
        await using TestHost host = await TestHost.StartAsync(options =>
        {
            options.KeepAlivePingDelay = TimeSpan.FromSeconds(1);
            options.KeepAlivePingTimeout = TimeSpan.FromSeconds(1);
        });
        using RawHttp2 peer = await RawHttp2.ConnectAsync(host.Port);

        List<byte> types = [];
        while (await peer.ReadFrameAsync() is { } frame)
        {
            types.Add(frame.Type);
        }

        Assert.Contains(Ping, types);
    }

    [Fact]
    public async Task Settings_MaxStreamsPerConnection_IsAnnounced()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaxStreamsPerConnection = 7);
        using RawHttp2 peer = await RawHttp2.ConnectAsync(host.Port);

        (byte type, byte[] payload) = (await peer.ReadFrameAsync())!.Value;

        Assert.Equal(Settings, type);
        Assert.Contains(
            payload.Chunk(6), setting => BinaryPrimitives.ReadUInt16BigEndian(setting) == MaxConcurrentStreams && BinaryPrimitives.ReadUInt32BigEndian(setting.AsSpan(2)) == 7);
    }

    [Fact]
    public void Create_WrongTimes_NamesTheOption()
    {
        GrpcServerOptions options = new() { Endpoints = { GrpcEndpoint.Loopback(0) }, KeepAlivePingDelay = TimeSpan.FromMilliseconds(10) };

        ArgumentException e = Assert.Throws<ArgumentException>(
            () => GrpcServer.Create(options, [], new RecordingLoggerFactory(), TimeProvider.System));

        Assert.Contains("KeepAlivePingDelay", e.Message, StringComparison.Ordinal);
    }

    private static Task<TestHost> StartAsync(ManualTime time) => TestHost.StartAsync(
        options =>
        {
            options.MaxConnectionAge = s_age;
            options.MaxConnectionAgeGrace = s_grace;
        },
        time: time);

    private static async Task<AsyncDuplexStreamingCall<EchoRequest, EchoResponse>> OpenAsync(TestHost host)
    {
        AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call = host.Client.Bidi();
        await call.RequestStream.WriteAsync(new EchoRequest());
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        return call;
    }
}
