// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Xds.Streams;

/// <summary>
/// The thin adapter between gRPC and the streams. State of the world is not offered: its method keeps the generated
/// answer, UNIMPLEMENTED.
/// </summary>
internal sealed class AggregatedDiscovery(
    Func<IAsyncStreamReader<DeltaDiscoveryRequest>, IServerStreamWriter<DeltaDiscoveryResponse>, CancellationToken, Task<Status>> run)
    : AggregatedDiscoveryService.AggregatedDiscoveryServiceBase
{
    public override async Task DeltaAggregatedResources(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream,
        IServerStreamWriter<DeltaDiscoveryResponse> responseStream,
        ServerCallContext context)
    {
        Status status = await run(requestStream, responseStream, context.CancellationToken).ConfigureAwait(false);
        if (status.StatusCode != StatusCode.OK)
        {
            throw new RpcException(status);
        }
    }
}
