// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Grpc.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cagent.Xds.Authorization;

/// <summary>Who is at the other end, by what the transport knows. Immutable.</summary>
public sealed class XdsCaller
{
    internal XdsCaller(ServerCallContext context)
        : this(context.AuthContext, context.RequestHeaders, context.Peer)
    {
    }

    internal XdsCaller(HttpContext context)
        : this(
            PeerIdentity.From(context.Connection.ClientCertificate), Read(context.Request.Headers),
            context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort).ToString() : "unix:")
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

    // As far as a call of gRPC could have them too.
    private static Metadata Read(IHeaderDictionary headers)
    {
        Metadata metadata = [];
        foreach ((string name, StringValues values) in headers)
        {
            bool isFit = name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
                && !name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase);
            foreach (string? value in isFit ? values : StringValues.Empty)
            {
                if (value?.All(c => c is >= ' ' and <= '~') == true)
                {
                    metadata.Add(name, value);
                }
            }
        }

        return metadata;
    }
}
