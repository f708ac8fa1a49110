// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Cagent.Grpc.Client;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Client;

public sealed class ConnectivityTests : IDisposable
{
    private const int ConnectFailedId = 1051;

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly RecordingLoggerFactory _logs = new();

    private string SocketPath => _folder.Combine("s");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task State_OverAChannelsLife_GoesThroughEveryState()
    {
        using HttpChannel channel = HttpChannel.ForUnixSocket(SocketPath, Options());
        Assert.Equal(ConnectivityState.Idle, channel.State);

        Task connecting = channel.ConnectAsync();
        await WaitForAsync(channel, ConnectivityState.TransientFailure);
        Assert.False(connecting.IsCompleted);

        EchoServer server = await EchoServer.StartAsync(SocketPath);
        _time.Advance(TimeSpan.FromSeconds(1));
        await connecting.WaitAsync(TestHost.Patience);
        Assert.Equal(ConnectivityState.Ready, channel.State);

        await CallAsync(channel);
        await server.DisposeAsync();
        await WaitForAsync(channel, ConnectivityState.Idle);

        channel.Dispose();
        Assert.Equal(ConnectivityState.Shutdown, channel.State);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => channel.ConnectAsync());
    }

    [Fact]
    public async Task State_WhileTheServerDoesNotAccept_IsConnectingUntilTheTimeout()
    {
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen();

        // TLS waits for a handshake that nobody answers: the timeout is of the whole attempt.
        HttpChannelOptions options = Options();
        options.ConnectTimeout = TimeSpan.FromSeconds(5);
        options.Tls = () => new();
        using HttpChannel channel = HttpChannel.ForUnixSocket(SocketPath, options);
        Task connecting = channel.ConnectAsync();
        await WaitForAsync(channel, ConnectivityState.Connecting);
        using Socket accepted = await listener.AcceptAsync();

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(ConnectivityState.Connecting, channel.State);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        // The attempt took longer than the first back-off, so the next one follows at once.
        await Eventually.TrueAsync(() => _logs.Entries.Count(entry => entry.Id == ConnectFailedId) == 1, "the attempt timed out");
        Assert.Contains("no answer in time", _logs.Entries.Single(entry => entry.Id == ConnectFailedId).Text, StringComparison.Ordinal);
        using Socket second = await listener.AcceptAsync().WaitAsync(TestHost.Patience);
        channel.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connecting.WaitAsync(TestHost.Patience));
    }

    [Fact]
    public async Task WaitForStateChanged_StateIsAnother_ReturnsAtOnceAndOtherwiseLater()
    {
        await using EchoServer server = await EchoServer.StartAsync(SocketPath);
        using HttpChannel channel = HttpChannel.ForUnixSocket(SocketPath, Options());

        Assert.True(channel.WaitForStateChangedAsync(ConnectivityState.Ready).IsCompletedSuccessfully);
        Task changed = channel.WaitForStateChangedAsync(ConnectivityState.Idle);
        Assert.False(changed.IsCompleted);
        await channel.ConnectAsync().WaitAsync(TestHost.Patience);

        await changed.WaitAsync(TestHost.Patience);
    }

    [Fact]
    public async Task Reconnect_ServerStaysAway_WaitsGrowBy1Point6UpToTheMaximum()
    {
        HttpChannelOptions options = Options();
        options.MaxReconnectBackoff = TimeSpan.FromSeconds(5);
        using HttpChannel channel = HttpChannel.ForUnixSocket(SocketPath, options);
        Task connecting = channel.ConnectAsync();
        int failures = 1;
        await FailuresAsync(failures);

        foreach (double wait in new[] { 1, 1.6, 2.56, 4.096, 5, 5 })
        {
            _time.Advance(TimeSpan.FromSeconds(wait) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(ConnectivityState.TransientFailure, channel.State);
            Assert.Equal(failures, Failures());
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await FailuresAsync(++failures);
        }

        Assert.False(connecting.IsCompleted);
    }

    [Fact]
    public async Task Reconnect_AfterTheServerServed_BeginsWithTheFirstWaitAgain()
    {
        using HttpChannel channel = HttpChannel.ForUnixSocket(SocketPath, Options());
        Task connecting = channel.ConnectAsync();
        await FailuresAsync(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await FailuresAsync(2);
        EchoServer server = await EchoServer.StartAsync(SocketPath);
        _time.Advance(TimeSpan.FromSeconds(1.6));
        await connecting.WaitAsync(TestHost.Patience);
        await CallAsync(channel);

        await server.DisposeAsync();
        await WaitForAsync(channel, ConnectivityState.Idle);
        _ = channel.ConnectAsync();
        await FailuresAsync(3);
        _time.Advance(TimeSpan.FromSeconds(1));

        await FailuresAsync(4);
    }

    [Fact]
    public async Task Reconnect_ServerAcceptsAndCloses_IsNotATightLoop()
    {
        await using RawHttp2Server server = new(_ => Task.CompletedTask);
        using HttpChannel channel = HttpChannel.ForAddress(server.Address, Options());

        // The second lost connection in a row is a failure; the calls before it find out for themselves.
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel))).StatusCode);
            await Eventually.TrueAsync(() => channel.State is ConnectivityState.Idle or ConnectivityState.TransientFailure, "the loss is seen");
        }

        Assert.Equal(ConnectivityState.TransientFailure, channel.State);
        Assert.InRange(server.Accepted, 2, 6);
    }

    [Fact]
    public async Task Call_NoServer_FailsAtOnceUnlessItWaitsForReady()
    {
        using HttpChannel channel = HttpChannel.ForUnixSocket(SocketPath, Options());
        EchoService.EchoServiceClient client = new(channel);
        using AsyncUnaryCall<EchoResponse> waiting = client.UnaryAsync(new EchoRequest(), new CallOptions().WithWaitForReady());

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Contains(SocketPath, e.Status.Detail, StringComparison.Ordinal);
        Assert.False(waiting.ResponseAsync.IsCompleted);

        await using EchoServer server = await EchoServer.StartAsync(SocketPath);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(SocketPath, (await waiting.ResponseAsync.WaitAsync(TestHost.Patience)).Text);
    }

    [Theory]
    [InlineData(false, StatusCode.DeadlineExceeded)]
    [InlineData(true, StatusCode.Cancelled)]
    public async Task Call_WaitsForReady_StillEndsByDeadlineOrCancellation(bool cancel, StatusCode expected)
    {
        using HttpChannel channel = HttpChannel.ForUnixSocket(SocketPath, Options());
        using CancellationTokenSource cancellation = new();
        CallOptions options = new CallOptions(deadline: _time.GetUtcNow().UtcDateTime.AddMilliseconds(500), cancellationToken: cancellation.Token).WithWaitForReady();
        using AsyncUnaryCall<EchoResponse> call = new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest(), options);
        await WaitForAsync(channel, ConnectivityState.TransientFailure);
        Assert.False(call.ResponseAsync.IsCompleted);

        if (cancel)
        {
            await cancellation.CancelAsync();
        }
        else
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
        }

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.WaitAsync(TestHost.Patience));
        Assert.Equal(expected, e.StatusCode);
    }

    [Fact]
    public async Task Call_ServerRestarted_ConnectsAgain()
    {
        EchoServer first = await EchoServer.StartAsync(SocketPath);
        using HttpChannel channel = HttpChannel.ForUnixSocket(SocketPath, Options());
        await CallAsync(channel);
        await first.DisposeAsync();
        await WaitForAsync(channel, ConnectivityState.Idle);

        await using EchoServer second = await EchoServer.StartAsync(SocketPath);
        await CallAsync(channel);

        Assert.Equal(1, second.Calls);
    }

    [Fact]
    public async Task Call_WaitingConnectionWasClosedByTheServer_IsSentOnANewOne()
    {
        EchoServer first = await EchoServer.StartAsync(SocketPath);
        using HttpChannel channel = HttpChannel.ForUnixSocket(SocketPath, Options());
        await channel.ConnectAsync().WaitAsync(TestHost.Patience);
        _time.Advance(TimeSpan.FromSeconds(2));

        // Nobody has used the connection yet, so nobody reads its end.
        await first.DisposeAsync();
        await WaitForAsync(channel, ConnectivityState.Idle);
        await using EchoServer second = await EchoServer.StartAsync(SocketPath);
        await CallAsync(channel);

        Assert.Equal(1, second.Calls);
    }

    [Fact]
    public async Task Call_NeedsAnotherConnectionThatFails_WaitsForReadyOrIsUnavailable()
    {
        UnixDomainSocketEndPoint endPoint = new(SocketPath);
        await using EchoServer full = await EchoServer.StartAsync(endPoint, options => options.MaxStreamsPerConnection = 1);
        using HttpChannel channel = HttpChannel.ForUnixSocket(SocketPath, Options());
        EchoService.EchoServiceClient client = new(channel);
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> running = client.Bidi();
        await running.RequestStream.WriteAsync(new EchoRequest()).WaitAsync(TestHost.Patience);
        Assert.True(await running.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        File.Delete(SocketPath);

        using AsyncUnaryCall<EchoResponse> waiting = client.UnaryAsync(new EchoRequest(), new CallOptions().WithWaitForReady());
        await WaitForAsync(channel, ConnectivityState.TransientFailure);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel))).StatusCode);
        Assert.False(waiting.ResponseAsync.IsCompleted);

        await using EchoServer second = await EchoServer.StartAsync(SocketPath);
        _time.Advance(TimeSpan.FromSeconds(2));
        await waiting.ResponseAsync.WaitAsync(TestHost.Patience);
        await running.RequestStream.WriteAsync(new EchoRequest()).WaitAsync(TestHost.Patience);
        Assert.True(await running.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
    }

    private HttpChannelOptions Options() => new() { TimeProvider = _time, NextRandom = () => 0.5, LoggerFactory = _logs };

    private int Failures() => _logs.Entries.Count(entry => entry.Id == ConnectFailedId);

    private Task FailuresAsync(int count) => Eventually.TrueAsync(() => Failures() == count, $"{count} failed attempts");

    private static async Task CallAsync(HttpChannel channel) =>
        await new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience);

    private static async Task WaitForAsync(HttpChannel channel, ConnectivityState state)
    {
        using CancellationTokenSource late = new(TestHost.Patience);
        while (channel.State is var now && now != state)
        {
            await channel.WaitForStateChangedAsync(now, late.Token);
        }
    }
}
