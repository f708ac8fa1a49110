// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Server;
using Cagent.Xds.Subscriptions;
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Xds.Streams;

/// <summary>Writes responses: shared bytes with the stream's nonce behind them where the transport can, messages elsewhere.</summary>
internal sealed class ResponseWriter(IServerStreamWriter<DeltaDiscoveryResponse> responses, StreamScope scope)
{
    /// <exception cref="TimeoutException">The client did not read in time.</exception>
    public Task WriteAsync(ResponsePart part, CancellationToken cancellationToken) =>
        Start(part, cancellationToken).WaitAsync(scope.Options.WriteTimeout, scope.Time, cancellationToken);

    private Task Start(ResponsePart part, CancellationToken cancellationToken)
    {
        if (responses is IRawMessageWriter raw)
        {
            return raw.WriteRawAsync(scope.Bodies.Get(part), DeltaMessages.WriteNonce(part.Nonce), cancellationToken);
        }

        DeltaDiscoveryResponse message = DeltaMessages.WriteBody(part);
        message.Nonce = part.Nonce;
        // Not every writer can cancel a write; the wait ends, and the end of the stream ends the write.
        return responses.WriteAsync(message, CancellationToken.None);
    }
}
