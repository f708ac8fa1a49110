// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Cagent.Admin.Tests;

/// <summary>The health service says "serving" exactly while agents can use the proxy.</summary>
public sealed class AdminApiTests
{
    [Fact]
    public async Task Check_BeforeAnybodySaidSo_IsNotKnown()
    {
        await using AdminHost host = await AdminHost.StartAsync("version: 1");
        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => host.Health.CheckAsync(new HealthCheckRequest()).ResponseAsync);
        Assert.Equal(StatusCode.NotFound, exception.StatusCode);
    }

    [Theory]
    [InlineData(true, ServingStatus.Serving)]
    [InlineData(false, ServingStatus.NotServing)]
    public async Task Check_AfterSetReady_SaysIt(bool isReady, ServingStatus expected)
    {
        await using AdminHost host = await AdminHost.StartAsync("version: 1");
        host.Api.SetReady(isReady);
        Assert.Equal(expected, (await host.Health.CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(ServingStatus.Serving, (await host.Health.CheckAsync(new HealthCheckRequest { Service = "cagent.admin.v1.StatusService" })).Status);
    }
}
