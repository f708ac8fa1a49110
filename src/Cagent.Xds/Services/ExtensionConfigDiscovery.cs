// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Extension.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>ECDS on its own stream, or fetched.</summary>
internal sealed class ExtensionConfigDiscovery(StreamRunner runner) : ExtensionConfigDiscoveryService.ExtensionConfigDiscoveryServiceBase
{
    public override Task StreamExtensionConfigs(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.SotwAsync(XdsType.ExtensionConfig, requestStream, responseStream, context);

    public override Task DeltaExtensionConfigs(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.DeltaAsync(XdsType.ExtensionConfig, requestStream, responseStream, context);

    public override Task<DiscoveryResponse> FetchExtensionConfigs(DiscoveryRequest request, ServerCallContext context) =>
        runner.FetchAsync(XdsType.ExtensionConfig, request, context);
}
