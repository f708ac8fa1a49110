// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Route.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>VHDS on its own stream. Delta only: the protocol has no other.</summary>
internal sealed class VirtualHostDiscovery(StreamRunner runner) : VirtualHostDiscoveryService.VirtualHostDiscoveryServiceBase
{
    public override Task DeltaVirtualHosts(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.DeltaAsync(XdsType.VirtualHost, requestStream, responseStream, context);
}
