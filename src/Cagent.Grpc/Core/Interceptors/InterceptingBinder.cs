// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core.Interceptors;

/// <summary>Runs an interceptor around every handler that it hands on.</summary>
internal sealed class InterceptingBinder(ServiceBinderBase inner, Interceptor interceptor) : ServiceBinderBase
{
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        inner.AddMethod(method, handler is null ? null : (request, context) => interceptor.UnaryServerHandler(request, context, handler));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        inner.AddMethod(method, handler is null ? null : (requests, context) => interceptor.ClientStreamingServerHandler(requests, context, handler));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        inner.AddMethod(
            method, handler is null ? null : (request, responses, context) => interceptor.ServerStreamingServerHandler(request, responses, context, handler));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        inner.AddMethod(
            method, handler is null ? null : (requests, responses, context) => interceptor.DuplexStreamingServerHandler(requests, responses, context, handler));
}
