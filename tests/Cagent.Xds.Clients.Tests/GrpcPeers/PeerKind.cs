// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Clients.Tests.GrpcPeers;

/// <summary>The gRPC implementations that are xDS clients themselves.</summary>
public enum PeerKind
{
    /// <summary>grpc-js on Node.js, with grpc-js-xds.</summary>
    GrpcJs,

    /// <summary>gRPC C-core, through Python.</summary>
    Core,
}
