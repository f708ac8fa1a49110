// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Cagent.Grpc.Client;
using Cagent.Grpc.Client.Addresses;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Client;

public sealed class DnsResolverTests : IAddressListener, IDisposable
{
    private readonly ManualTime _time = new();
    private DnsResolver _resolver;
    private Func<IPAddress[]> _answer = () => [IPAddress.Loopback];
    private int _lookups;
    private volatile int _reports;
    private ImmutableArray<EndPoint> _addresses = [];
    private Status? _failure;

    public DnsResolverTests() => _resolver = Create(new DnsResolverOptions());

    public void Dispose() => _resolver.Dispose();

    [Fact]
    public async Task Start_NameIsFound_ReportsEveryAddressWithThePort()
    {
        _answer = () => [IPAddress.Loopback, IPAddress.IPv6Loopback];
        _resolver.Start(this);

        await ReportsAsync(1);

        Assert.Equal(["127.0.0.1:50051", "[::1]:50051"], _addresses.Select(address => address.ToString()!));
    }

    [Fact]
    public async Task Refresh_Often_LooksUpOncePerInterval()
    {
        _resolver.Start(this);
        await ReportsAsync(1);

        for (int i = 0; i < 100; i++)
        {
            _resolver.Refresh();
        }

        Assert.False(_resolver.IsRunning);
        _time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.False(_resolver.IsRunning);
        Assert.Equal(1, _lookups);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await ReportsAsync(2);

        // The hundred were one wish: nothing follows by itself.
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(2, _lookups);
        _resolver.Refresh();
        await ReportsAsync(3);
    }

    [Fact]
    public async Task Lookup_Fails_IsTriedAgainWithGrowingWaitsUntilItSucceeds()
    {
        _answer = () => throw new SocketException((int)SocketError.HostNotFound);
        _resolver.Start(this);
        int reports = 1;
        await ReportsAsync(reports);
        Assert.Equal(StatusCode.Unavailable, _failure!.Value.StatusCode);

        foreach (double wait in new[] { 1, 1.6, 2.56 })
        {
            _time.Advance(TimeSpan.FromSeconds(wait) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(reports, _lookups);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await ReportsAsync(++reports);
        }

        _answer = () => [IPAddress.Loopback];
        _time.Advance(TimeSpan.FromSeconds(5));
        await ReportsAsync(++reports);
        Assert.Single(_addresses);
    }

    [Fact]
    public async Task RefreshInterval_Set_LooksUpByItself()
    {
        _resolver = Create(new DnsResolverOptions { RefreshInterval = TimeSpan.FromMinutes(5) });
        _resolver.Start(this);
        await ReportsAsync(1);

        _time.Advance(TimeSpan.FromMinutes(5));
        await ReportsAsync(2);
        _time.Advance(TimeSpan.FromMinutes(5));
        await ReportsAsync(3);
    }

    [Fact]
    public async Task Dispose_WhileATimerWaits_EndsTheLookups()
    {
        _resolver.Start(this);
        await ReportsAsync(1);
        _resolver.Refresh();

        _resolver.Dispose();
        _time.Advance(TimeSpan.FromMinutes(1));
        _resolver.Refresh();

        Assert.Equal(1, _lookups);
    }

    [Fact]
    public async Task Channel_ServerMovesToAnotherAddress_IsFoundWhenTheConnectionIsLost()
    {
        EchoServer first = await EchoServer.StartAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        int port = ((IPEndPoint)first.EndPoint).Port;
        _answer = () => [IPAddress.Parse("127.0.0.2")];
        DnsResolver resolver = new("echo.test", port, Options(new DnsResolverOptions()), LookUpAsync);
        using HttpChannel channel = HttpChannel.ForResolver(
            new Uri("http://echo.test"), resolver, new HttpChannelOptions { TimeProvider = _time, NextRandom = () => 0.5 });
        EchoService.EchoServiceClient client = new(channel);
        await client.UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience);

        await first.DisposeAsync();
        await Eventually.TrueAsync(() => channel.State == ConnectivityState.Idle, "the loss is seen");
        await using EchoServer moved = await EchoServer.StartAsync(new IPEndPoint(IPAddress.Parse("127.0.0.3"), port));
        _answer = () => [IPAddress.Parse("127.0.0.3")];
        using AsyncUnaryCall<EchoResponse> call = client.UnaryAsync(new EchoRequest(), new CallOptions().WithWaitForReady());
        await Eventually.TrueAsync(() => channel.State == ConnectivityState.TransientFailure, "the old address is dead");
        await Eventually.TrueAsync(
            () =>
            {
                // In steps that leave an attempt to connect its time.
                _time.Advance(TimeSpan.FromSeconds(1));
                return call.ResponseAsync.IsCompleted;
            },
            "the new address is found");

        Assert.Equal(moved.EndPoint.ToString(), (await call).Text);
    }

    [Fact]
    public async Task Channel_NameIsNotFound_FailsCallsUntilItIs()
    {
        await using EchoServer server = await EchoServer.StartAsync();
        _answer = () => throw new SocketException((int)SocketError.HostNotFound);
        DnsResolver resolver = new("echo.test", ((IPEndPoint)server.EndPoint).Port, Options(new DnsResolverOptions()), LookUpAsync);
        using HttpChannel channel = HttpChannel.ForResolver(new Uri("http://echo.test"), resolver);
        EchoService.EchoServiceClient client = new(channel);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => client.UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Contains("echo.test", e.Status.Detail, StringComparison.Ordinal);

        _answer = () => [IPAddress.Loopback];
        using AsyncUnaryCall<EchoResponse> call = client.UnaryAsync(new EchoRequest(), new CallOptions().WithWaitForReady());
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return call.ResponseAsync.IsCompleted;
            },
            "the name is found");
        await call;
    }

    void IAddressListener.OnAddresses(ImmutableArray<EndPoint> addresses)
    {
        _addresses = addresses;
        _reports++;
    }

    void IAddressListener.OnFailure(Status status)
    {
        _failure = status;
        _reports++;
    }

    private DnsResolver Create(DnsResolverOptions options) => new("echo.test", 50051, Options(options), LookUpAsync);

    private DnsResolverOptions Options(DnsResolverOptions options)
    {
        options.TimeProvider = _time;
        options.NextRandom = () => 0.5;
        return options;
    }

    private Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        Assert.Equal("echo.test", host);
        Interlocked.Increment(ref _lookups);
        return Task.FromResult(_answer());
    }

    private Task ReportsAsync(int count) => Eventually.TrueAsync(() => _reports == count && !_resolver.IsRunning, $"{count} reports");
}
