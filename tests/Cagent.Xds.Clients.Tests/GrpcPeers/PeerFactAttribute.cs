// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.Xds.Clients.Tests.GrpcPeers;

/// <summary>A test that needs a peer: skipped with the reason where there is none, unless <c>CAGENT_REQUIRE</c> contains <c>grpc-peers</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerFactAttribute : FactAttribute
{
    /// <summary>Looks for the peer.</summary>
    public PeerFactAttribute(PeerKind kind)
    {
        Kind = kind;

        // A required peer that is missing fails the test where it is started, with the same reason.
        Skip = EnvoyBinary.IsRequired("grpc-peers") ? null : Peer.Find(kind).Missing;
    }

    /// <summary>The peer.</summary>
    public PeerKind Kind { get; }
}
