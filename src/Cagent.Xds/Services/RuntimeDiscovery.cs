// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Runtime.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>RTDS on its own stream, or fetched.</summary>
internal sealed class RuntimeDiscovery(StreamRunner runner) : RuntimeDiscoveryService.RuntimeDiscoveryServiceBase
{
    public override Task StreamRuntime(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.SotwAsync(XdsType.Runtime, requestStream, responseStream, context);

    public override Task DeltaRuntime(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.DeltaAsync(XdsType.Runtime, requestStream, responseStream, context);

    public override Task<DiscoveryResponse> FetchRuntime(DiscoveryRequest request, ServerCallContext context) =>
        runner.FetchAsync(XdsType.Runtime, request, context);
}
