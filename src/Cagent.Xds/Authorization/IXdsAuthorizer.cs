// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Grpc.Core;

namespace Cagent.Xds.Authorization;

/// <summary>
/// Decides who may open streams and who may look at the status. Implementations are thread safe; an exception or an answer
/// that takes too long refuses the call.
/// </summary>
public interface IXdsAuthorizer
{
    /// <summary>
    /// Asked once for each stream, at its first message and before anything is done for it: whether the caller is the node
    /// that it claims to be, and a node that this server knows.
    /// </summary>
    /// <returns>
    /// <see cref="StatusCode.OK"/>, or the status to end the stream with: UNAUTHENTICATED for a caller that proved nothing,
    /// PERMISSION_DENIED for one that is somebody else. Its text reaches the caller.
    /// </returns>
    ValueTask<Status> AuthorizeNodeAsync(NodeIdentity claimed, XdsCaller caller, CancellationToken cancellationToken);

    /// <summary>
    /// Asked for each call of the status service (CSDS), which shows every node's resources; bodies of secrets excepted, but
    /// with whatever else is inside the others.
    /// </summary>
    /// <returns>As for nodes.</returns>
    ValueTask<Status> AuthorizeStatusAsync(XdsCaller caller, CancellationToken cancellationToken);
}
