// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>grpc-js as the server.</summary>
public sealed class GrpcJsServerFixture() : PeerServerFixture(PeerKind.GrpcJs);
