// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>ADS: every type on one stream, in the order that this server keeps.</summary>
internal sealed class AggregatedDiscovery(StreamRunner runner) : AggregatedDiscoveryService.AggregatedDiscoveryServiceBase
{
    public override Task StreamAggregatedResources(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.SotwAsync(null, requestStream, responseStream, context);

    public override Task DeltaAggregatedResources(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.DeltaAsync(null, requestStream, responseStream, context);
}
