// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Authorization;
using Cagent.Xds.Fetch;
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>Between the services' methods and the streams: all services are this, for one type or (null) for every type.</summary>
/// <param name="run">Runs a stream.</param>
/// <param name="fetch">Answers a single request.</param>
internal sealed class StreamRunner(Func<StreamTransport, XdsVariant, XdsType?, CancellationToken, Task<Status>> run, ResourceFetch fetch)
{
    // gRPC has no status for it; an empty answer would say "delete everything".
    private static readonly Status NotModified = new(StatusCode.FailedPrecondition, "not modified: version_info is the current version");

    public Task SotwAsync(
        XdsType? type, IAsyncStreamReader<DiscoveryRequest> requests, IServerStreamWriter<DiscoveryResponse> responses, ServerCallContext context) =>
        RunAsync(StreamTransport.Sotw(requests, responses, new XdsCaller(context)), new XdsVariant(IsDelta: false, IsAggregated: type is null), type, context);

    public Task DeltaAsync(
        XdsType? type, IAsyncStreamReader<DeltaDiscoveryRequest> requests, IServerStreamWriter<DeltaDiscoveryResponse> responses, ServerCallContext context) =>
        RunAsync(StreamTransport.Delta(requests, responses, new XdsCaller(context)), new XdsVariant(IsDelta: true, IsAggregated: type is null), type, context);

    public async Task<DiscoveryResponse> FetchAsync(XdsType type, DiscoveryRequest request, ServerCallContext context) =>
        await fetch.FetchAsync(type, request, new XdsCaller(context), context.CancellationToken).ConfigureAwait(false)
            ?? throw new RpcException(NotModified);

    private async Task RunAsync(StreamTransport transport, XdsVariant variant, XdsType? type, ServerCallContext context)
    {
        Status status = await run(transport, variant, type, context.CancellationToken).ConfigureAwait(false);
        if (status.StatusCode != StatusCode.OK)
        {
            throw new RpcException(status);
        }
    }
}
