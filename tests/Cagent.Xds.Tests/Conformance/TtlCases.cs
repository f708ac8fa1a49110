// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Streams;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Endpoint.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>Case H1 over the wire: heartbeats without a body, to clients that asked for them.</summary>
public sealed class TtlCases(ConformanceFixture fixture) : IClassFixture<ConformanceFixture>
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(1);
    private static int _nodes;

    [Theory]
    [InlineData("SN")]
    [InlineData("SA")]
    [InlineData("IN")]
    [InlineData("IA")]
    public async Task H1_Heartbeats_ComeBeforeExpiryWithoutBody(string variant)
    {
        await using TtlClient client = Start(variant, "xds.config.supports-resource-ttl", "xds.config.supports-resource-in-sotw");
        Resource first = await client.NextAsync();
        Assert.Equal(("A", Ttl, "A=1"), (first.Name, first.Ttl.ToTimeSpan(), first.Resource_.Value.ToStringUtf8()));
        long firstBeat = 0;
        for (int beats = 0; beats < 3; beats++)
        {
            Resource beat = await client.NextAsync();
            Assert.Equal(("A", first.Version, Ttl), (beat.Name, beat.Version, beat.Ttl.ToTimeSpan()));
            Assert.Null(beat.Resource_);
            firstBeat = beats == 0 ? TimeProvider.System.GetTimestamp() : firstBeat;
        }

        // One at each half of the time, not one after the other at once.
        Assert.InRange(TimeProvider.System.GetElapsedTime(firstBeat).TotalSeconds, 0.8, 20);
    }

    [Theory]
    [InlineData("SN")]
    [InlineData("SA")]
    [InlineData("IN")]
    [InlineData("IA")]
    public async Task H1_WithoutTheFeature_NoTtlAndNoWrapper(string variant)
    {
        // Of the two that SotW needs only one.
        await using TtlClient client = Start(variant, variant[0] == 'S' ? "xds.config.supports-resource-ttl" : "other");
        Resource first = await client.NextAsync();
        Assert.Null(first.Ttl);
        Assert.Equal("A=1", first.Resource_.Value.ToStringUtf8());
        Assert.Equal(Snapshots.Type("eds").TypeUrl, first.Resource_.TypeUrl);
    }

    private TtlClient Start(string variant, params string[] features)
    {
        string node = $"ttl-{Interlocked.Increment(ref _nodes)}";
        fixture.Host.Server.Publish(node, XdsSnapshot.Create($"{node}-r", [Snapshots.Resource("eds/A=1").WithTtl(Ttl)]));
        return new TtlClient(fixture.Host.Invoker, variant, new Node { Id = node, ClientFeatures = { features } });
    }

    /// <summary>Subscribes to the endpoints A, accepts everything, and gives the resource of each response.</summary>
    private sealed class TtlClient : IAsyncDisposable
    {
        private readonly Channel<Resource> _resources = Channel.CreateUnbounded<Resource>();
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _loop;

        public TtlClient(CallInvoker channel, string variant, Node node) => _loop = variant[0] == 'I'
            ? RunDeltaAsync(channel, variant == "IA", node)
            : RunSotwAsync(channel, variant == "SA", node);

        public async Task<Resource> NextAsync() => await _resources.Reader.ReadAsync().AsTask().WaitAsync(XdsHost.Patience);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAsync<RpcException>(() => _loop);
            _stop.Dispose();
        }

        private async Task RunDeltaAsync(CallInvoker channel, bool isAggregated, Node node)
        {
            using AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call = isAggregated
                ? new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel).DeltaAggregatedResources()
                : new EndpointDiscoveryService.EndpointDiscoveryServiceClient(channel).DeltaEndpoints();
            await call.RequestStream.WriteAsync(new DeltaDiscoveryRequest { Node = node, TypeUrl = XdsType.Endpoints.TypeUrl, ResourceNamesSubscribe = { "A" } });
            while (await call.ResponseStream.MoveNext(_stop.Token))
            {
                DeltaDiscoveryResponse response = call.ResponseStream.Current;
                await call.RequestStream.WriteAsync(new DeltaDiscoveryRequest { TypeUrl = XdsType.Endpoints.TypeUrl, ResponseNonce = response.Nonce });
                _resources.Writer.TryWrite(response.Resources.Single());
            }
        }

        private async Task RunSotwAsync(CallInvoker channel, bool isAggregated, Node node)
        {
            using AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> call = isAggregated
                ? new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel).StreamAggregatedResources()
                : new EndpointDiscoveryService.EndpointDiscoveryServiceClient(channel).StreamEndpoints();
            DiscoveryRequest request = new() { Node = node, TypeUrl = XdsType.Endpoints.TypeUrl, ResourceNames = { "A" } };
            await call.RequestStream.WriteAsync(request);
            while (await call.ResponseStream.MoveNext(_stop.Token))
            {
                DiscoveryResponse response = call.ResponseStream.Current;
                await call.RequestStream.WriteAsync(new DiscoveryRequest(request) { VersionInfo = response.VersionInfo, ResponseNonce = response.Nonce });
                Google.Protobuf.WellKnownTypes.Any resource = response.Resources.Single();
                _resources.Writer.TryWrite(resource.Is(Resource.Descriptor) ? resource.Unpack<Resource>() : new Resource { Resource_ = resource });
            }
        }
    }
}
