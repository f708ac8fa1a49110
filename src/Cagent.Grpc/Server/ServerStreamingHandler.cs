// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Server;

internal sealed class ServerStreamingHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    ServerStreamingServerMethod<TRequest, TResponse> handler,
    int maxReceiveMessageSize) : MethodHandler(method, maxReceiveMessageSize)
    where TRequest : class
    where TResponse : class
{
    public override async Task InvokeAsync(GrpcCall call)
    {
        TRequest request = await call.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
        await handler(request, new ResponseStream<TResponse>(call, method.ResponseMarshaller), call).ConfigureAwait(false);
    }
}
