// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Authorization;
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>Between the services' methods and the streams: all services are this, for one type or (null) for every type.</summary>
internal sealed class StreamRunner(Func<StreamTransport, XdsVariant, XdsType?, CancellationToken, Task<Status>> run)
{
    public Task SotwAsync(
        XdsType? type, IAsyncStreamReader<DiscoveryRequest> requests, IServerStreamWriter<DiscoveryResponse> responses, ServerCallContext context) =>
        RunAsync(StreamTransport.Sotw(requests, responses, new XdsCaller(context)), new XdsVariant(IsDelta: false, IsAggregated: type is null), type, context);

    public Task DeltaAsync(
        XdsType? type, IAsyncStreamReader<DeltaDiscoveryRequest> requests, IServerStreamWriter<DeltaDiscoveryResponse> responses, ServerCallContext context) =>
        RunAsync(StreamTransport.Delta(requests, responses, new XdsCaller(context)), new XdsVariant(IsDelta: true, IsAggregated: type is null), type, context);

    private async Task RunAsync(StreamTransport transport, XdsVariant variant, XdsType? type, ServerCallContext context)
    {
        Status status = await run(transport, variant, type, context.CancellationToken).ConfigureAwait(false);
        if (status.StatusCode != StatusCode.OK)
        {
            throw new RpcException(status);
        }
    }
}
