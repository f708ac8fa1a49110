// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Interop.Tests.Hosting;

/// <summary>
/// Binds a service so that it can ask whether a request travelled compressed, which the surface does not tell. Thread safe.
/// </summary>
internal sealed class CompressionMarks : ServiceBinderBase
{
    private static readonly object s_mark = new();

    private readonly ConditionalWeakTable<object, object> _compressed = [];
    private readonly ServerServiceDefinition.Builder _definition = ServerServiceDefinition.CreateBuilder();

    public ServerServiceDefinition Build() => _definition.Build();

    public bool WasCompressed(object request) => _compressed.TryGetValue(request, out _);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        _definition.AddMethod(Marking(method), handler!);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        _definition.AddMethod(Marking(method), handler!);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        _definition.AddMethod(Marking(method), handler!);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        _definition.AddMethod(Marking(method), handler!);

    private Method<TRequest, TResponse> Marking<TRequest, TResponse>(Method<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class => new(
            method.Type,
            method.ServiceName,
            method.Name,
            Marshallers.Create(
                method.RequestMarshaller.ContextualSerializer,
                context =>
                {
                    bool isCompressed = context is PayloadContext { IsCompressed: true };
                    TRequest request = method.RequestMarshaller.ContextualDeserializer(context);
                    if (isCompressed)
                    {
                        _compressed.Add(request, s_mark);
                    }

                    return request;
                }),
            method.ResponseMarshaller);
}
