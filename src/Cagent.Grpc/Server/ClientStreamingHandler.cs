// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Server;

internal sealed class ClientStreamingHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    ClientStreamingServerMethod<TRequest, TResponse> handler,
    int maxReceiveMessageSize) : MethodHandler(method, maxReceiveMessageSize)
    where TRequest : class
    where TResponse : class
{
    public override async Task InvokeAsync(GrpcCall call)
    {
        RequestStream<TRequest> requests = new(call, method.RequestMarshaller);
        TResponse response;
        try
        {
            response = await handler(requests, call).ConfigureAwait(false);
        }
        finally
        {
            await requests.CloseAsync().ConfigureAwait(false);
        }

        await call.WriteLastAsync(response, method.ResponseMarshaller).ConfigureAwait(false);
    }
}
