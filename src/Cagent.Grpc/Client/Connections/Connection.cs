// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Client.Connections;

/// <summary>A connection that was just made: the socket's stream, and the stream to speak HTTP/2 on, which may be TLS over it.</summary>
internal sealed record Connection(ConnectionStream Transport, Stream Stream);
