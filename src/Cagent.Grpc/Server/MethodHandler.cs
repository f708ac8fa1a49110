// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>One routed method: knows its message types, which the rest of the server does not.</summary>
internal abstract class MethodHandler(IMethod method, int maxReceiveMessageSize)
{
    /// <summary>The path.</summary>
    public string Path { get; } = method.FullName;

    /// <summary>The path without its first slash, as metrics name it.</summary>
    public string Name { get; } = method.FullName[1..];

    public bool IsUnary { get; } = method.Type == MethodType.Unary;

    /// <summary>Whether the client may send more than one message.</summary>
    public bool IsClientStreaming { get; } = method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming;

    public int MaxReceiveMessageSize { get; } = maxReceiveMessageSize;

    /// <summary>Reads, runs the handler, writes. Throws what the handler throws.</summary>
    public abstract Task InvokeAsync(GrpcCall call);
}
