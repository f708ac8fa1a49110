// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Client.Connections;

/// <summary>No connection could be made, so nothing of the call has left this process.</summary>
internal sealed class ConnectFailedException(Status status) : IOException(status.Detail, status.DebugException)
{
    public Status Status { get; } = status;
}
