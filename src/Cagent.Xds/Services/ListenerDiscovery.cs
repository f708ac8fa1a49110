// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Listener.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>LDS on its own stream, or fetched.</summary>
internal sealed class ListenerDiscovery(StreamRunner runner) : ListenerDiscoveryService.ListenerDiscoveryServiceBase
{
    public override Task StreamListeners(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.SotwAsync(XdsType.Listener, requestStream, responseStream, context);

    public override Task DeltaListeners(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.DeltaAsync(XdsType.Listener, requestStream, responseStream, context);

    public override Task<DiscoveryResponse> FetchListeners(DiscoveryRequest request, ServerCallContext context) =>
        runner.FetchAsync(XdsType.Listener, request, context);
}
