// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>grpc-js as the client.</summary>
public sealed class GrpcJsClientFixture() : PeerClientFixture(PeerKind.GrpcJs);
