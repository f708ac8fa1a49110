// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>C-core as the client.</summary>
public sealed class CoreClientFixture() : PeerClientFixture(PeerKind.Core);
