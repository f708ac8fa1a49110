// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Secret.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>SDS on its own stream, or fetched.</summary>
internal sealed class SecretDiscovery(StreamRunner runner) : SecretDiscoveryService.SecretDiscoveryServiceBase
{
    public override Task StreamSecrets(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.SotwAsync(XdsType.Secret, requestStream, responseStream, context);

    public override Task DeltaSecrets(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) =>
        runner.DeltaAsync(XdsType.Secret, requestStream, responseStream, context);

    public override Task<DiscoveryResponse> FetchSecrets(DiscoveryRequest request, ServerCallContext context) =>
        runner.FetchAsync(XdsType.Secret, request, context);
}
