// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>A service to host, with limits of its own. Immutable.</summary>
/// <param name="Definition">The methods, from the generated <c>BindService</c>.</param>
public sealed record GrpcService(ServerServiceDefinition Definition)
{
    /// <summary>The largest request message in bytes; null for <see cref="GrpcServerOptions.MaxReceiveMessageSize"/>.</summary>
    public int? MaxReceiveMessageSize { get; init; }

    /// <summary>Hosts a definition with the server's limits.</summary>
    /// <param name="definition">The methods.</param>
    public static implicit operator GrpcService(ServerServiceDefinition definition) => FromServerServiceDefinition(definition);

    /// <summary>Hosts a definition with the server's limits.</summary>
    /// <param name="definition">The methods.</param>
    /// <returns>The service.</returns>
    public static GrpcService FromServerServiceDefinition(ServerServiceDefinition definition) => new(definition);
}
