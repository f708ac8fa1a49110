// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Route.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>SRDS on its own stream, or fetched.</summary>
internal sealed class ScopedRoutesDiscovery(StreamRunner runner) : ScopedRoutesDiscoveryService.ScopedRoutesDiscoveryServiceBase
{
    public override Task StreamScopedRoutes(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.SotwAsync(XdsType.ScopedRoutes, requestStream, responseStream, context);

    public override Task DeltaScopedRoutes(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.DeltaAsync(XdsType.ScopedRoutes, requestStream, responseStream, context);

    public override Task<DiscoveryResponse> FetchScopedRoutes(DiscoveryRequest request, ServerCallContext context) =>
        runner.FetchAsync(XdsType.ScopedRoutes, request, context);
}
