// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Interop.Tests.Cases;
using Cagent.Grpc.Interop.Tests.Peers;

namespace Cagent.Grpc.Interop.Tests;

public class GrpcJsServerTests(GrpcJsServerFixture fixture) : IClassFixture<GrpcJsServerFixture>
{
    [PeerTheory(PeerKind.GrpcJs)]
    [AllCases]
    [Cannot(InteropCase.ServerCompressedUnary, "grpc-js's server compresses no response.")]
    [Cannot(InteropCase.ServerCompressedStreaming, "grpc-js's server compresses no response.")]
    [Cannot(InteropCase.UnknownEncoding, "Our client sends gzip and identity only.")]
    public Task Case_OfOursAgainstGrpcJs_Passes(string name) => fixture.RunAsync(name);
}
