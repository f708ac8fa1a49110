// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Interop.Tests.Cases;
using Cagent.Grpc.Interop.Tests.Peers;

namespace Cagent.Grpc.Interop.Tests;

public class CoreClientTests(CoreClientFixture fixture) : IClassFixture<CoreClientFixture>
{
    [PeerTheory(PeerKind.Core)]
    [AllCases]
    [Cannot(InteropCase.ClientCompressedStreaming, "C-core's Python client has one compression for a whole call and no flag for one message of it.")]
    public Task Case_OfCoreAgainstOurServer_Passes(string name) => fixture.RunAsync(name);
}
