// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>C-core as the server.</summary>
public sealed class CoreServerFixture() : PeerServerFixture(PeerKind.Core);
