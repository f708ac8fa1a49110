// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Cagent.Grpc.Client;
using Cagent.Grpc.Client.Addresses;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Files;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Client;

public sealed class BalancingTests : IDisposable
{
    private static readonly Uri s_authority = new("http://echo.test");

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task PickFirst_AllServersLive_UsesTheFirstOnly()
    {
        await using EchoServer first = await EchoServer.StartAsync();
        await using EchoServer second = await EchoServer.StartAsync();
        using HttpChannel channel = Channel(LoadBalancing.PickFirst, new StaticResolver(first.EndPoint, second.EndPoint));

        await CallAsync(channel, 10);

        Assert.Equal((10, 0), (first.Calls, second.Calls));
    }

    [Fact]
    public async Task PickFirst_FirstAddressIsDead_UsesTheNextWithoutAFailedCall()
    {
        await using EchoServer live = await EchoServer.StartAsync();
        using HttpChannel channel = Channel(LoadBalancing.PickFirst, new StaticResolver(Dead(), Dead("other"), live.EndPoint));

        await CallAsync(channel, 3);

        Assert.Equal(3, live.Calls);
    }

    [Fact]
    public async Task PickFirst_SelectedServerStops_GoesToTheNextAndThenStaysThere()
    {
        EchoServer first = await EchoServer.StartAsync(_folder.Combine("first"));
        await using EchoServer second = await EchoServer.StartAsync();
        using HttpChannel channel = Channel(LoadBalancing.PickFirst, new StaticResolver(first.EndPoint, second.EndPoint));
        await CallAsync(channel, 1);

        await first.DisposeAsync();
        await Eventually.TrueAsync(() => channel.State == ConnectivityState.Idle, "the loss is seen");
        await CallAsync(channel, 2);
        await using EchoServer back = await EchoServer.StartAsync(_folder.Combine("first"));
        await CallAsync(channel, 2);

        Assert.Equal((4, 0), (second.Calls, back.Calls));
    }

    [Fact]
    public async Task PickFirst_AllDeadThenOneComes_IsFoundAfterItsBackoff()
    {
        using HttpChannel channel = Channel(LoadBalancing.PickFirst, new StaticResolver(Dead("one"), Dead("two")));
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel, 1));
        await using EchoServer server = await EchoServer.StartAsync(_folder.Combine("two"));

        // Still failing at once until the back-off is over, and while the first address fails again.
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel, 1));
        _time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(() => channel.State == ConnectivityState.Ready, "the second address is connected");
        await CallAsync(channel, 1);
    }

    [Fact]
    public async Task PickFirst_AllFailedAndANewAddressIsBeingTried_CallsStillFailAtOnce()
    {
        StaticResolver resolver = new(Dead());
        using HttpChannel channel = HttpChannel.ForResolver(
            new Uri("https://echo.test"), resolver, new HttpChannelOptions { TimeProvider = _time, Tls = () => new() });
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel, 1));

        // It accepts, but nobody answers the handshake.
        using Socket silent = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        silent.Bind(new UnixDomainSocketEndPoint(_folder.Combine("silent")));
        silent.Listen();
        resolver.Update(new UnixDomainSocketEndPoint(_folder.Combine("silent")));
        using Socket accepted = await silent.AcceptAsync().WaitAsync(TestHost.Patience);

        Assert.Equal(ConnectivityState.TransientFailure, channel.State);
        await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel, 1));
    }

    [Fact]
    public async Task PickFirst_SelectedAddressIsTakenAway_NewCallsGoToTheNewAndOldOnesRunOn()
    {
        await using EchoServer old = await EchoServer.StartAsync();
        await using EchoServer next = await EchoServer.StartAsync();
        StaticResolver resolver = new(old.EndPoint);
        using HttpChannel channel = Channel(LoadBalancing.PickFirst, resolver);
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> running = new EchoService.EchoServiceClient(channel).Bidi();
        await PingAsync(running, "before");

        resolver.Update(next.EndPoint);
        await CallAsync(channel, 2);

        Assert.Equal((0, 2), (old.Calls, next.Calls));
        await PingAsync(running, "after");
        await running.RequestStream.CompleteAsync();
        Assert.False(await running.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
    }

    [Fact]
    public async Task PickFirst_SelectedAddressStaysInANewList_KeepsItsConnection()
    {
        HashSet<string> peers = [];
        await using EchoServer server = await EchoServer.StartAsync();
        await using EchoServer other = await EchoServer.StartAsync();
        server.Service.OnUnary = (_, context) =>
        {
            peers.Add(context.Peer);
            return Task.FromResult(new EchoResponse());
        };
        StaticResolver resolver = new(server.EndPoint);
        using HttpChannel channel = Channel(LoadBalancing.PickFirst, resolver);
        await CallAsync(channel, 1);

        resolver.Update(other.EndPoint, server.EndPoint);
        await CallAsync(channel, 3);

        Assert.Single(peers);
        Assert.Equal(0, other.Calls);
    }

    [Fact]
    public async Task RoundRobin_ServersLive_ShareTheCallsEvenly()
    {
        await using EchoServer one = await EchoServer.StartAsync();
        await using EchoServer two = await EchoServer.StartAsync();
        await using EchoServer three = await EchoServer.StartAsync();
        using HttpChannel channel = Channel(LoadBalancing.RoundRobin, new StaticResolver(one.EndPoint, two.EndPoint, three.EndPoint));
        await AllReadyAsync(channel, 3);
        int[] before = [one.Calls, two.Calls, three.Calls];

        await CallAsync(channel, 30);

        Assert.Equal([10, 10, 10], [one.Calls - before[0], two.Calls - before[1], three.Calls - before[2]]);
    }

    [Fact]
    public async Task RoundRobin_OneServerStopsAndComesBack_IsLeftOutAndTakenInAgain()
    {
        string path = _folder.Combine("one");
        EchoServer one = await EchoServer.StartAsync(path);
        await using EchoServer two = await EchoServer.StartAsync();
        using HttpChannel channel = Channel(LoadBalancing.RoundRobin, new StaticResolver(one.EndPoint, two.EndPoint));
        await AllReadyAsync(channel, 2);
        await CallAsync(channel, 2);

        await one.DisposeAsync();
        await AllReadyAsync(channel, 1);
        await CallAsync(channel, 6);
        Assert.Equal((1, 7), (one.Calls, two.Calls));

        await using EchoServer back = await EchoServer.StartAsync(path);
        _time.Advance(TimeSpan.FromSeconds(2));
        await AllReadyAsync(channel, 2);
        await CallAsync(channel, 6);
        Assert.Equal((3, 10), (back.Calls, two.Calls));
    }

    [Fact]
    public async Task RoundRobin_AddressesChangeLive_NewOnesAreUsedAndRunningCallsOfOldOnesGoOn()
    {
        await using EchoServer old = await EchoServer.StartAsync();
        await using EchoServer kept = await EchoServer.StartAsync();
        await using EchoServer added = await EchoServer.StartAsync();
        StaticResolver resolver = new(old.EndPoint);
        using HttpChannel channel = Channel(LoadBalancing.RoundRobin, resolver);
        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> running = new EchoService.EchoServiceClient(channel).Bidi();
        await PingAsync(running, "before");

        resolver.Update(kept.EndPoint, added.EndPoint);
        await AllReadyAsync(channel, 2);
        await CallAsync(channel, 4);

        Assert.Equal((0, 2, 2), (old.Calls, kept.Calls, added.Calls));
        await PingAsync(running, "after");
    }

    [Fact]
    public async Task RoundRobin_AllDead_FailsAndWaitsForReadyGetsTheFirstThatComes()
    {
        using HttpChannel channel = Channel(LoadBalancing.RoundRobin, new StaticResolver(Dead("one"), Dead("two")));
        using AsyncUnaryCall<EchoResponse> waiting =
            new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest(), new CallOptions().WithWaitForReady());
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel, 1));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);

        await using EchoServer server = await EchoServer.StartAsync(_folder.Combine("two"));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(server.EndPoint.ToString(), (await waiting.ResponseAsync.WaitAsync(TestHost.Patience)).Text);
    }

    [Theory]
    [InlineData(LoadBalancing.PickFirst)]
    [InlineData(LoadBalancing.RoundRobin)]
    public async Task Addresses_NoneAndThenOne_CallsFailAndThenWork(LoadBalancing policy)
    {
        await using EchoServer server = await EchoServer.StartAsync();
        StaticResolver resolver = new(server.EndPoint);
        using HttpChannel channel = Channel(policy, resolver);
        await CallAsync(channel, 1);

        resolver.Update();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel, 1));
        resolver.Update(server.EndPoint);
        await CallAsync(channel, 1);

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Equal(2, server.Calls);
    }

    [Fact]
    public void Resolver_SecondChannel_IsRefused()
    {
        StaticResolver resolver = new(Dead());
        using HttpChannel first = Channel(LoadBalancing.PickFirst, resolver);
        using HttpChannel second = Channel(LoadBalancing.PickFirst, resolver);
        _ = first.ConnectAsync();

        Assert.IsType<InvalidOperationException>(second.ConnectAsync().Exception!.InnerException);
    }

    private UnixDomainSocketEndPoint Dead(string name = "dead") => new(_folder.Combine(name));

    private HttpChannel Channel(LoadBalancing policy, AddressResolver resolver) => HttpChannel.ForResolver(
        s_authority, resolver, new HttpChannelOptions { LoadBalancing = policy, TimeProvider = _time, NextRandom = () => 0.5 });

    private static async Task CallAsync(HttpChannel channel, int times)
    {
        EchoService.EchoServiceClient client = new(channel);
        for (int i = 0; i < times; i++)
        {
            await client.UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience);
        }
    }

    private static async Task AllReadyAsync(HttpChannel channel, int count)
    {
        await channel.ConnectAsync().WaitAsync(TestHost.Patience);
        await Eventually.TrueAsync(() => channel.Connectivity.Snapshot.Ready.Length == count, $"{count} addresses are connected");
    }

    private static async Task PingAsync(AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call, string text)
    {
        await call.RequestStream.WriteAsync(new EchoRequest { Text = text }).WaitAsync(TestHost.Patience);
        Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(text, call.ResponseStream.Current.Text);
    }
}
