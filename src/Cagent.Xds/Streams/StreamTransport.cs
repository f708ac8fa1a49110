// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Subscriptions;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Xds.Streams;

/// <summary>The two ends of a stream, free of the message types of its variant.</summary>
/// <param name="ReadAsync">Gives the next request; null when the client half-closed.</param>
/// <param name="CreateWriter">Makes the writer of its responses.</param>
internal sealed record StreamTransport(
    Func<CancellationToken, ValueTask<IncomingRequest?>> ReadAsync, Func<StreamScope, IResponseWriter> CreateWriter)
{
    public static StreamTransport Sotw(IAsyncStreamReader<DiscoveryRequest> requests, IServerStreamWriter<DiscoveryResponse> responses) =>
        Create(requests, responses, SotwMessages.Read, SotwMessages.WriteBody);

    public static StreamTransport Delta(
        IAsyncStreamReader<DeltaDiscoveryRequest> requests, IServerStreamWriter<DeltaDiscoveryResponse> responses) =>
        Create(requests, responses, DeltaMessages.Read, DeltaMessages.WriteBody);

    private static StreamTransport Create<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requests,
        IServerStreamWriter<TResponse> responses,
        Func<TRequest, IncomingRequest> read,
        Func<ResponsePart, TResponse> writeBody)
        where TResponse : class, IMessage<TResponse> => new(
            async cancellationToken => await requests.MoveNext(cancellationToken).ConfigureAwait(false) ? read(requests.Current) : null,
            scope => new ResponseWriter<TResponse>(responses, writeBody, scope));
}
