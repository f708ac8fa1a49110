// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Nodes;
using Cagent.Xds.OnDemand;
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Authorization;
using Cagent.Xds.Tests.Streams;
using Envoy.Config.Core.V3;
using Envoy.Service.Cluster.V3;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Endpoint.V3;
using Envoy.Service.Extension.V3;
using Envoy.Service.Listener.V3;
using Envoy.Service.Route.V3;
using Envoy.Service.Runtime.V3;
using Envoy.Service.Secret.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Fetch;

/// <summary>The unary methods over real HTTP/2.</summary>
public sealed class UnaryTests
{
    [Fact]
    public async Task EveryService_AnswersItsType()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        string[] types = ["lds", "cds", "eds", "rds", "srds", "sds", "rtds", "ecds"];
        host.Server.Publish(Snapshots.Of("r1", [.. types.Select(type => $"{type}/a={type}")]));
        DiscoveryRequest request = Request();
        DiscoveryResponse[] responses =
        [
            await new ListenerDiscoveryService.ListenerDiscoveryServiceClient(host.Invoker).FetchListenersAsync(request),
            await new ClusterDiscoveryService.ClusterDiscoveryServiceClient(host.Invoker).FetchClustersAsync(request),
            await new EndpointDiscoveryService.EndpointDiscoveryServiceClient(host.Invoker).FetchEndpointsAsync(request),
            await new RouteDiscoveryService.RouteDiscoveryServiceClient(host.Invoker).FetchRoutesAsync(request),
            await new ScopedRoutesDiscoveryService.ScopedRoutesDiscoveryServiceClient(host.Invoker).FetchScopedRoutesAsync(request),
            await new SecretDiscoveryService.SecretDiscoveryServiceClient(host.Invoker).FetchSecretsAsync(request),
            await new RuntimeDiscoveryService.RuntimeDiscoveryServiceClient(host.Invoker).FetchRuntimeAsync(request),
            await new ExtensionConfigDiscoveryService.ExtensionConfigDiscoveryServiceClient(host.Invoker).FetchExtensionConfigsAsync(request),
        ];

        Assert.Equal(types.Select(type => "a=" + type), responses.Select(response => response.Resources.Single().Value.ToStringUtf8()));
        Assert.Equal(types.Select(type => Snapshots.Type(type).TypeUrl), responses.Select(response => response.TypeUrl));
    }

    [Fact]
    public async Task EqualVersion_HasAStatus_AndNeverAnEmptyAnswer()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "cds/b=1"));
        DiscoveryResponse first = await FetchAsync(host, Request());
        DiscoveryRequest again = Request();
        again.VersionInfo = first.VersionInfo;

        RpcException exception = await Assert.ThrowsAsync<RpcException>(() => FetchAsync(host, again));

        Assert.Equal(StatusCode.FailedPrecondition, exception.StatusCode);
        Assert.StartsWith("not modified", exception.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RejectedContent_IsReplacedByTheLastGood()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using FakeEnvoy envoy = host.Connect("node-1");
        await envoy.SubscribeAsync("cds");
        await envoy.NextAndAckAsync();
        host.Server.Publish(Snapshots.Of("r2", "cds/a=2"));
        await envoy.NextAsync();
        await envoy.NackAsync("a: no good");
        await envoy.ExpectNothingAsync();

        Assert.Equal("a=1", (await FetchAsync(host, Request("node-1"))).Resources.Single().Value.ToStringUtf8());
        Assert.Equal("a=2", (await FetchAsync(host, Request("node-2"))).Resources.Single().Value.ToStringUtf8());
    }

    [Fact]
    public async Task GroupsAndAuthoriser_HoldForFetchesToo()
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { Authorizer = new TestAuthorizer(), GroupOf = node => node.Id });
        host.Server.Publish("one", Snapshots.Of("r1", "cds/a=one"));
        host.Server.Publish("stranger", Snapshots.Of("r1", "cds/a=other"));

        Assert.Equal("a=one", (await FetchAsync(host, Request("one"))).Resources.Single().Value.ToStringUtf8());
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(() => FetchAsync(host, Request("stranger")))).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => FetchAsync(host, Request("two")))).StatusCode);
    }

    [Fact]
    public async Task OnDemandNames_AreMade_AndAFailureIsMissing()
    {
        await using XdsHost host = await XdsHost.StartAsync(null, new Source());
        host.Server.Publish(Snapshots.Of("r1", "sds/known=1"));
        DiscoveryRequest request = Request();
        request.ResourceNames.Add(["made", "failing", "known", "unknown"]);

        DiscoveryResponse response = await new SecretDiscoveryService.SecretDiscoveryServiceClient(host.Invoker).FetchSecretsAsync(request);

        Assert.Equal(["known=1", "made=2"], response.Resources.Select(resource => resource.Value.ToStringUtf8()));
    }

    [Fact]
    public async Task TooManyAtOnce_AreRefused_AndTheServerStopsWithAStatus()
    {
        var source = new Source();
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { MaxConcurrentFetches = 1 }, source);
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        DiscoveryRequest slow = Request();
        slow.ResourceNames.Add("slow");
        var secrets = new SecretDiscoveryService.SecretDiscoveryServiceClient(host.Invoker);
        Task<DiscoveryResponse> waiting = secrets.FetchSecretsAsync(slow).ResponseAsync;
        await source.Asked.WaitAsync(XdsHost.Patience);

        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => FetchAsync(host, Request()))).StatusCode);
        host.Server.Stop();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => waiting)).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => FetchAsync(host, Request()))).StatusCode);
    }

    private static DiscoveryRequest Request(string node = "n") => new() { Node = new Node { Id = node } };

    private static async Task<DiscoveryResponse> FetchAsync(XdsHost host, DiscoveryRequest request) =>
        await new ClusterDiscoveryService.ClusterDiscoveryServiceClient(host.Invoker).FetchClustersAsync(request).ResponseAsync.WaitAsync(XdsHost.Patience);

    private sealed class Source : IOnDemandSource
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public event Action<ImmutableArray<string>>? Changed
        {
            add { }
            remove { }
        }

        public Task Asked => _asked.Task;

        public string TypeUrl => XdsType.Secret.TypeUrl;

        public bool Owns(string name) => name is "made" or "failing" or "slow";

        public async ValueTask<XdsResource?> GetAsync(string name, NodeIdentity node, CancellationToken cancellationToken)
        {
            if (name == "failing")
            {
                throw new InvalidOperationException("no");
            }

            if (name == "slow")
            {
                _asked.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return Snapshots.Resource($"sds/{name}=2");
        }
    }
}
