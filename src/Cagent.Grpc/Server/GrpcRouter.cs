// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Cagent.Grpc.Server;

/// <summary>The methods of one endpoint by path. Immutable, thread-safe.</summary>
internal sealed class GrpcRouter
{
    private readonly FrozenDictionary<string, MethodHandler> _methods;

    private GrpcRouter(FrozenDictionary<string, MethodHandler> methods) => _methods = methods;

    public static GrpcRouter Build(IEnumerable<GrpcService> services, int defaultMaxReceive, params Interceptor[] interceptors)
    {
        Dictionary<string, MethodHandler> methods = new(StringComparer.Ordinal);
        foreach (GrpcService service in services)
        {
            service.Definition.Intercept(interceptors).BindService(new Binder(methods, service.MaxReceiveMessageSize ?? defaultMaxReceive));
        }

        return new GrpcRouter(methods.ToFrozenDictionary(StringComparer.Ordinal));
    }

    public MethodHandler? Find(string path) => _methods.GetValueOrDefault(path);

    private sealed class Binder(Dictionary<string, MethodHandler> methods, int maxReceive) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            Add(new UnaryHandler<TRequest, TResponse>(method, Require(handler, method), maxReceive));

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
            Add(new ClientStreamingHandler<TRequest, TResponse>(method, Require(handler, method), maxReceive));

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
            Add(new ServerStreamingHandler<TRequest, TResponse>(method, Require(handler, method), maxReceive));

        public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
            Add(new DuplexStreamingHandler<TRequest, TResponse>(method, Require(handler, method), maxReceive));

        private static T Require<T>(T? handler, IMethod method)
            where T : class => handler ?? throw new ArgumentException($"{method.FullName} has no handler.");

        private void Add(MethodHandler handler)
        {
            if (!methods.TryAdd(handler.Path, handler))
            {
                throw new ArgumentException($"{handler.Path} is offered twice on one endpoint.");
            }
        }
    }
}
