// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Grpc.Core;

namespace Cagent.Xds.Authorization;

/// <summary>
/// Lets a node in when a name in its client certificate (a SAN, or the common name of a certificate without any) is one of
/// those that belong to the node. The transport has verified the certificate. Immutable, thread safe.
/// </summary>
/// <param name="namesOf">The names that may speak for a node; empty for a node that is not known. Cheap.</param>
/// <param name="statusReaders">The names that may read the status of all nodes; none by default.</param>
public sealed class SubjectNameAuthorizer(Func<NodeIdentity, IReadOnlyCollection<string>> namesOf, IReadOnlyCollection<string>? statusReaders = null)
    : IXdsAuthorizer
{
    private readonly string[] _statusReaders = [.. statusReaders ?? []];

    /// <inheritdoc/>
    public ValueTask<Status> AuthorizeNodeAsync(NodeIdentity claimed, XdsCaller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claimed);
        ArgumentNullException.ThrowIfNull(caller);
        return ValueTask.FromResult(Judge(caller, () => namesOf(claimed), "the client certificate is not one of this node"));
    }

    /// <inheritdoc/>
    public ValueTask<Status> AuthorizeStatusAsync(XdsCaller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return ValueTask.FromResult(Judge(caller, () => _statusReaders, "the client certificate may not read the status"));
    }

    private static Status Judge(XdsCaller caller, Func<IReadOnlyCollection<string>> allowed, string refusal)
    {
        if (!caller.Identity.IsPeerAuthenticated)
        {
            return new Status(StatusCode.Unauthenticated, "a client certificate is needed");
        }

        // Exact and case-sensitive: a URI such as a SPIFFE id is, and a stricter comparison never lets a wrong one in.
        IReadOnlyCollection<string> names = allowed();
        return caller.Identity.PeerIdentity.Any(property => names.Contains(property.Value, StringComparer.Ordinal))
            ? Status.DefaultSuccess
            : new Status(StatusCode.PermissionDenied, refusal);
    }
}
