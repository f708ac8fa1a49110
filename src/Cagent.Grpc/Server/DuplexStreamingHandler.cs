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
    public override Task InvokeAsync(GrpcCall call) =>
        handler(new RequestStream<TRequest>(call, method.RequestMarshaller), new ResponseStream<TResponse>(call, method.ResponseMarshaller), call);
}
