// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Server;

internal sealed class UnaryHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    UnaryServerMethod<TRequest, TResponse> handler,
    int maxReceiveMessageSize) : MethodHandler(method, maxReceiveMessageSize)
    where TRequest : class
    where TResponse : class
{
    public override async Task InvokeAsync(GrpcCall call)
    {
        TRequest request = await call.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
        TResponse response = await handler(request, call).ConfigureAwait(false);
        await call.WriteLastAsync(response, method.ResponseMarshaller).ConfigureAwait(false);
    }
}
