// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Envoy.Service.Cluster.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>CDS on its own stream, or fetched.</summary>
internal sealed class ClusterDiscovery(StreamRunner runner) : ClusterDiscoveryService.ClusterDiscoveryServiceBase
{
    public override Task StreamClusters(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.SotwAsync(XdsType.Cluster, requestStream, responseStream, context);

    public override Task DeltaClusters(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.DeltaAsync(XdsType.Cluster, requestStream, responseStream, context);

    public override Task<DiscoveryResponse> FetchClusters(DiscoveryRequest request, ServerCallContext context) =>
        runner.FetchAsync(XdsType.Cluster, request, context);
}
