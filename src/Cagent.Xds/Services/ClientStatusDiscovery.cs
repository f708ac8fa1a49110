// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Xds.Authorization;
using Cagent.Xds.Csds;
using Cagent.Xds.Streams;
using Envoy.Service.Status.V3;
using Grpc.Core;

namespace Cagent.Xds.Services;

/// <summary>CSDS: what this server knows about its clients, resource by resource, for callers that may know it.</summary>
/// <param name="scope">The limits, and who may ask.</param>
/// <param name="streams">The open streams.</param>
internal sealed class ClientStatusDiscovery(StreamScope scope, Func<IEnumerable<XdsStream>> streams)
    : ClientStatusDiscoveryService.ClientStatusDiscoveryServiceBase
{
    private const int MaxConcurrent = 4;
    private const int StreamsAtOnce = 64;

    // For all stalled streams together.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private int _running;

    public override async Task<ClientStatusResponse> FetchClientStatus(ClientStatusRequest request, ServerCallContext context)
    {
        await AuthorizeAsync(context).ConfigureAwait(false);
        return await AnswerAsync(request, context.CancellationToken).ConfigureAwait(false);
    }

    public override async Task StreamClientStatus(
        IAsyncStreamReader<ClientStatusRequest> requestStream, IServerStreamWriter<ClientStatusResponse> responseStream, ServerCallContext context)
    {
        await AuthorizeAsync(context).ConfigureAwait(false);
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            ClientStatusResponse response = await AnswerAsync(requestStream.Current, context.CancellationToken).ConfigureAwait(false);
            await responseStream.WriteAsync(response).WaitAsync(scope.Options.WriteTimeout, scope.Time, context.CancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AuthorizeAsync(ServerCallContext context)
    {
        if (await scope.Admission.RefuseStatusAsync(new XdsCaller(context), context.CancellationToken).ConfigureAwait(false) is { } refusal)
        {
            throw new RpcException(refusal);
        }
    }

    private async Task<ClientStatusResponse> AnswerAsync(ClientStatusRequest request, CancellationToken cancellationToken)
    {
        NodeFilter filter = NodeFilter.Create(request.NodeMatchers);
        try
        {
            if (Interlocked.Increment(ref _running) > MaxConcurrent)
            {
                throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many status requests at the same time"));
            }

            return await CollectAsync(filter, request.ExcludeResourceContents, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<ClientStatusResponse> CollectAsync(NodeFilter filter, bool excludeContents, CancellationToken cancellationToken)
    {
        var configs = new ClientConfigs(excludeContents, scope.Options.MaxStatusBytes);
        // A stream has a status once its node was let in.
        XdsStream[] wanted = [.. streams()
            .Where(stream => stream.CurrentStatus is not null && filter.Fits(stream.NodeMessage!))
            .OrderBy(stream => stream.CurrentStatus!.Node.Id, StringComparer.Ordinal)
            .ThenByDescending(stream => stream.ConnectedSince)];
        long start = scope.Time.GetTimestamp();
        foreach (XdsStream[] some in wanted.Chunk(StreamsAtOnce))
        {
            Task<ImmutableArray<ResourceReport>?>[] asked = [.. some.Select(stream => stream.AskReportAsync())];
            for (int i = 0; i < some.Length; i++)
            {
                await AddAsync(configs, some[i], asked[i], Patience - scope.Time.GetElapsedTime(start), cancellationToken).ConfigureAwait(false);
            }
        }

        return configs.Response;
    }

    private async Task AddAsync(
        ClientConfigs configs, XdsStream stream, Task<ImmutableArray<ResourceReport>?> asked, TimeSpan left, CancellationToken cancellationToken)
    {
        try
        {
            // Null: the stream ended meanwhile.
            if (await asked.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, scope.Time, cancellationToken).ConfigureAwait(false) is { } report)
            {
                configs.Add(stream, report);
            }
        }
        catch (TimeoutException)
        {
            configs.AddStalled(stream);
        }
    }
}
