// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Tests.Fuzz;

public class FuzzingTests
{
    [Fact]
    public void Cases_OfAllParsers_AreAMillion() => Assert.Equal(
        1_000_000,
        Fuzzing.Frames + Fuzzing.Splits + Fuzzing.Messages + Fuzzing.Gzip + Fuzzing.MetadataDecode + Fuzzing.MetadataRoundTrip
            + Fuzzing.TimeoutParse + Fuzzing.TimeoutFormat + Fuzzing.PercentEncode + Fuzzing.PercentDecode + Fuzzing.Base64);
}
