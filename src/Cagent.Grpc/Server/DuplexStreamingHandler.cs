// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Server;

internal sealed class DuplexStreamingHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    DuplexStreamingServerMethod<TRequest, TResponse> handler,
    int maxReceiveMessageSize) : MethodHandler(method, maxReceiveMessageSize)
    where TRequest : class
    where TResponse : class
{
    public override async Task InvokeAsync(GrpcCall call)
    {
        RequestStream<TRequest> requests = new(call, method.RequestMarshaller);
        try
        {
            await handler(requests, new ResponseStream<TResponse>(call, method.ResponseMarshaller), call).ConfigureAwait(false);
        }
        finally
        {
            await requests.CloseAsync().ConfigureAwait(false);
        }
    }
}
