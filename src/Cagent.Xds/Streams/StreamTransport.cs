// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Cagent.Xds.Authorization;
using Cagent.Xds.Subscriptions;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Xds.Streams;

/// <summary>The two ends of a stream, free of the message types of its variant.</summary>
/// <param name="ReadAsync">Gives the next request; null when the client half-closed.</param>
/// <param name="CreateWriter">Makes the writer of its responses.</param>
/// <param name="Caller">Who is at the other end.</param>
internal sealed record StreamTransport(
    Func<CancellationToken, ValueTask<IncomingRequest?>> ReadAsync, Func<StreamScope, IResponseWriter> CreateWriter, XdsCaller Caller)
{
    public static StreamTransport Sotw(
        IAsyncStreamReader<DiscoveryRequest> requests, IServerStreamWriter<DiscoveryResponse> responses, XdsCaller caller) =>
        Create(requests, responses, caller, SotwMessages.Read, SotwMessages.WriteBody);

    public static StreamTransport Delta(
        IAsyncStreamReader<DeltaDiscoveryRequest> requests, IServerStreamWriter<DeltaDiscoveryResponse> responses, XdsCaller caller) =>
        Create(requests, responses, caller, DeltaMessages.Read, DeltaMessages.WriteBody);

    private static StreamTransport Create<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requests,
        IServerStreamWriter<TResponse> responses,
        XdsCaller caller,
        Func<TRequest, IncomingRequest> read,
        Func<ResponsePart, TResponse> writeBody)
        where TResponse : class, IMessage<TResponse>
    {
        return new StreamTransport(ReadAsync, scope => new ResponseWriter<TResponse>(responses, writeBody, scope), caller);

        // Pooled: every stream waits here most of its life, and each message would allocate another state machine.
        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        async ValueTask<IncomingRequest?> ReadAsync(CancellationToken cancellationToken) =>
            await requests.MoveNext(cancellationToken).ConfigureAwait(false) ? read(requests.Current) : null;
    }
}
