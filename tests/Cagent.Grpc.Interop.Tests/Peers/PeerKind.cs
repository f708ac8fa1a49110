// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>The peers.</summary>
public enum PeerKind
{
    /// <summary>grpc-js on Node.js.</summary>
    GrpcJs,

    /// <summary>gRPC C-core, through Python.</summary>
    Core,
}
