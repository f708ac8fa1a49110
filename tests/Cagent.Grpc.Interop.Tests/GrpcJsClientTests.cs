// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Interop.Tests.Cases;
using Cagent.Grpc.Interop.Tests.Peers;

namespace Cagent.Grpc.Interop.Tests;

public class GrpcJsClientTests(GrpcJsClientFixture fixture) : IClassFixture<GrpcJsClientFixture>
{
    [PeerTheory(PeerKind.GrpcJs)]
    [AllCases]
    public Task Case_OfGrpcJsAgainstOurServer_Passes(string name) => fixture.RunAsync(name);
}
