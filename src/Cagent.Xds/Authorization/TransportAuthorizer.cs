// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Grpc.Core;

namespace Cagent.Xds.Authorization;

/// <summary>
/// The default: whoever the transport lets in may be any node, and nobody may read the status. For a server whose callers
/// all belong to one owner, such as one on a loopback or Unix socket.
/// </summary>
internal sealed class TransportAuthorizer : IXdsAuthorizer
{
    private static readonly Status NoStatus = new(StatusCode.PermissionDenied, "nobody may read the status: the server has no authoriser");

    public ValueTask<Status> AuthorizeNodeAsync(NodeIdentity claimed, XdsCaller caller, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Status.DefaultSuccess);

    public ValueTask<Status> AuthorizeStatusAsync(XdsCaller caller, CancellationToken cancellationToken) => ValueTask.FromResult(NoStatus);
}
