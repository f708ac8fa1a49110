// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Interop.Tests.Cases;
using Cagent.Grpc.Interop.Tests.Peers;

namespace Cagent.Grpc.Interop.Tests;

public class CoreServerTests(CoreServerFixture fixture) : IClassFixture<CoreServerFixture>
{
    [PeerTheory(PeerKind.Core)]
    [AllCases]
    [Cannot(InteropCase.RepeatedBinaryMetadata, "SocketsHttpHandler joins the values of one name with a comma, as gRPC allows; C-core 1.51 does not split them and drops the connection.")]
    [Cannot(InteropCase.UnknownEncoding, "Our client sends gzip and identity only.")]
    public Task Case_OfOursAgainstCore_Passes(string name) => fixture.RunAsync(name);
}
