// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>A theory that needs a peer: skipped with the reason where there is none, unless <c>CAGENT_REQUIRE</c> contains <c>grpc-peers</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for the peer.</summary>
    public PeerTheoryAttribute(PeerKind kind)
    {
        Kind = kind;

        // A required peer that is missing fails the test where it is started, with the same reason.
        Skip = EnvoyBinary.IsRequired("grpc-peers") ? null : Peer.Find(kind).Missing;
    }

    /// <summary>The peer.</summary>
    public PeerKind Kind { get; }
}
