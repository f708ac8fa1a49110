// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Xds.Authorization;

/// <summary>Who is at the other end, by what the transport knows. Immutable.</summary>
public sealed class XdsCaller
{
    internal XdsCaller(ServerCallContext context)
        : this(context.AuthContext, context.RequestHeaders, context.Peer)
    {
    }

    internal XdsCaller(AuthContext identity, Metadata headers, string peer)
    {
        Identity = identity;
        Headers = headers;
        Peer = peer;
    }

    /// <summary>What the caller proved in the TLS handshake: the names in its certificate; nothing without one.</summary>
    public AuthContext Identity { get; }

    /// <summary>The headers of the call, with <c>authorization</c> if the caller brought a token. Read only; not for logs.</summary>
    public Metadata Headers { get; }

    /// <summary>The caller's address, for logs.</summary>
    public string Peer { get; }

    // The headers may hold a token.
    /// <inheritdoc/>
    public override string ToString() => Peer;
}
