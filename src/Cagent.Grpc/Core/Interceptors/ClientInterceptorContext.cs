// SPDX-License-Identifier: Apache-2.0
#pragma warning disable CA1815 // Grpc.Core compares none of these, and neither does anyone else.
namespace Grpc.Core.Interceptors;

/// <summary>A call on its way to the server, as client interceptors see and change it. Immutable.</summary>
/// <typeparam name="TRequest">The request message.</typeparam>
/// <typeparam name="TResponse">The response message.</typeparam>
public struct ClientInterceptorContext<TRequest, TResponse>
    where TRequest : class
    where TResponse : class
{
    /// <summary>Describes a call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="host">The authority; null for the channel's own.</param>
    /// <param name="options">What is asked for this call.</param>
    public ClientInterceptorContext(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        Method = method;
        Host = host;
        Options = options;
    }

    /// <summary>The method.</summary>
    public Method<TRequest, TResponse> Method { get; }

    /// <summary>The authority; null for the channel's own.</summary>
    public string? Host { get; }

    /// <summary>What is asked for this call.</summary>
    public CallOptions Options { get; }
}
