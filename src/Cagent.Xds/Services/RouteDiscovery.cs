// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Route.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>RDS on its own stream, or fetched.</summary>
internal sealed class RouteDiscovery(StreamRunner runner) : RouteDiscoveryService.RouteDiscoveryServiceBase
{
    public override Task StreamRoutes(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.SotwAsync(XdsType.Routes, requestStream, responseStream, context);

    public override Task DeltaRoutes(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.DeltaAsync(XdsType.Routes, requestStream, responseStream, context);

    public override Task<DiscoveryResponse> FetchRoutes(DiscoveryRequest request, ServerCallContext context) =>
        runner.FetchAsync(XdsType.Routes, request, context);
}
