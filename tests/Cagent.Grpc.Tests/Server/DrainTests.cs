// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Health;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;
using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Cagent.Grpc.Tests.Server;

public class DrainTests
{
    [Fact]
    public async Task Stop_WithAHealthWatcher_TellsItNotServingBeforeItsStreamEnds()
    {
        HealthService health = new();
        health.Set("", isServing: true);
        await using TestHost host = await StartAsync(health, options => options.Health = health);
        using AsyncServerStreamingCall<HealthCheckResponse> watch = new global::Grpc.Health.V1.Health.HealthClient(host.Channel).Watch(new HealthCheckRequest());
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));

        Task stop = host.Server.StopAsync(CancellationToken.None);

        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => NextAsync(watch))).StatusCode);
        health.Set("", isServing: true);
        Assert.Equal(ServingStatus.NotServing, (await health.Check(new HealthCheckRequest(), null!)).Status);
        await stop;
    }

    [Fact]
    public async Task Stop_WithADelay_ServesEverythingUntilItIsOver()
    {
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        HealthService health = new();
        health.Set("", isServing: true);
        await using TestHost host = await StartAsync(
            health,
            options =>
            {
                options.Health = health;
                options.DrainDelay = TimeSpan.FromSeconds(10);
                options.ShutdownGrace = TimeSpan.FromSeconds(60);
            },
            time);
        int timers = time.TimersMade;

        Task stop = host.Server.StopAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => time.TimersMade >= timers + 2, "the server waits");
        global::Grpc.Health.V1.Health.HealthClient client = new(host.Channel);
        Assert.Equal(ServingStatus.NotServing, (await client.CheckAsync(new HealthCheckRequest())).Status);
        using AsyncServerStreamingCall<HealthCheckResponse> late = client.Watch(new HealthCheckRequest());
        Assert.Equal(ServingStatus.NotServing, await NextAsync(late));
        Assert.False(stop.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => NextAsync(late))).StatusCode);
        await stop.WaitAsync(TestHost.Patience);
    }

    [Fact]
    public async Task Stop_ManyStreams_EndsThemInBatchesAndMeanwhileRefusesNewOnesOnly()
    {
        ManualTime time = new(TimeProvider.System.GetUtcNow());
        await using TestHost host = await TestHost.StartAsync(
            options =>
            {
                options.DrainBatchSize = 8;
                options.DrainBatchInterval = TimeSpan.FromSeconds(10);
                options.ShutdownGrace = TimeSpan.FromMinutes(10);
            },
            time: time);
        List<AsyncDuplexStreamingCall<EchoRequest, EchoResponse>> calls = [.. Enumerable.Range(0, 20).Select(_ => host.Client.Bidi())];
        foreach (AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call in calls)
        {
            await call.RequestStream.WriteAsync(new EchoRequest());
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        }

        Task<bool>[] ends = [.. calls.Select(call => call.ResponseStream.MoveNext())];
        int timers = time.TimersMade;
        Task stop = host.Server.StopAsync(CancellationToken.None);
        await Eventually.TrueAsync(() => ends.Count(end => end.IsFaulted) == 8, "the first batch ended");

        using AsyncDuplexStreamingCall<EchoRequest, EchoResponse> late = host.Client.Bidi();
        Assert.Equal(
            StatusCode.Unavailable,
            (await Assert.ThrowsAsync<RpcException>(() => late.ResponseStream.MoveNext().WaitAsync(TestHost.Patience))).StatusCode);
        Assert.Equal("unary", (await host.Client.UnaryAsync(new EchoRequest { Text = "unary" })).Text);
        Assert.Equal(8, ends.Count(end => end.IsCompleted));

        // The grace's timer and the first pause's.
        await Eventually.TrueAsync(() => time.TimersMade >= timers + 2, "the server pauses");
        time.Advance(TimeSpan.FromSeconds(16));
        await Eventually.TrueAsync(() => ends.Count(end => end.IsFaulted) == 16, "the second batch ended");
        await Eventually.TrueAsync(() => time.TimersMade >= timers + 3, "the server pauses again");
        time.Advance(TimeSpan.FromSeconds(16));

        foreach (Task<bool> end in ends)
        {
            Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => end.WaitAsync(TestHost.Patience))).StatusCode);
        }

        await stop.WaitAsync(TestHost.Patience);
    }

    [Fact]
    public async Task Stop_MoreBatchesThanTheGraceHolds_ShortensThePauses()
    {
        await using TestHost host = await TestHost.StartAsync(options =>
        {
            options.DrainBatchSize = 1;
            options.DrainBatchInterval = TimeSpan.FromHours(1);
            options.ShutdownGrace = TimeSpan.FromSeconds(2);
        });
        List<AsyncDuplexStreamingCall<EchoRequest, EchoResponse>> calls = [.. Enumerable.Range(0, 20).Select(_ => host.Client.Bidi())];
        foreach (AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call in calls)
        {
            await call.RequestStream.WriteAsync(new EchoRequest());
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        }

        Task stop = host.Server.StopAsync(CancellationToken.None);

        foreach (AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call in calls)
        {
            // A stream that was cut off with its connection would tell nothing of a shutdown.
            RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
            Assert.Equal("The server is shutting down.", e.Status.Detail);
        }

        await stop.WaitAsync(TestHost.Patience);
    }

    private static Task<TestHost> StartAsync(HealthService health, Action<GrpcServerOptions> configure, TimeProvider? time = null) => TestHost.StartAsync(
        options =>
        {
            options.Endpoints[0] = options.Endpoints[0] with { Services = [global::Grpc.Health.V1.Health.BindService(health)] };
            configure(options);
        },
        time: time);

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        return watch.ResponseStream.Current.Status;
    }
}
