// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Health;
using Cagent.Grpc.Tests.Hosting;
using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Cagent.Grpc.Tests.Health;

public class HealthServiceTests
{
    [Fact]
    public async Task Check_KnownAndUnknownService_AnswersOrIsNotFound()
    {
        HealthService health = new();
        health.Set("a.B", isServing: true);
        health.Set("", isServing: false);
        await using TestHost host = await StartAsync(health);
        global::Grpc.Health.V1.Health.HealthClient client = new(host.Channel);

        Assert.Equal(ServingStatus.Serving, (await client.CheckAsync(new HealthCheckRequest { Service = "a.B" })).Status);
        Assert.Equal(ServingStatus.NotServing, (await client.CheckAsync(new HealthCheckRequest())).Status);
        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await client.CheckAsync(new HealthCheckRequest { Service = "c" }));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
    }

    [Fact]
    public async Task Watch_StatusChanges_SendsEachAndEndsOnShutdown()
    {
        HealthService health = new();
        await using TestHost host = await StartAsync(health);
        global::Grpc.Health.V1.Health.HealthClient client = new(host.Channel);
        using AsyncServerStreamingCall<HealthCheckResponse> watch = client.Watch(new HealthCheckRequest { Service = "a.B" });

        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(watch));
        health.Set("a.B", isServing: true);
        Assert.Equal(ServingStatus.Serving, await NextAsync(watch));
        health.Set("other", isServing: true);
        health.Set("a.B", isServing: false);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(watch));
        Task stop = host.Server.StopAsync(CancellationToken.None);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => NextAsync(watch));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        await stop;
    }

    private static Task<TestHost> StartAsync(HealthService health) =>
        TestHost.StartAsync(options => options.Endpoints[0] = options.Endpoints[0] with { Services = [global::Grpc.Health.V1.Health.BindService(health)] });

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        return watch.ResponseStream.Current.Status;
    }
}
