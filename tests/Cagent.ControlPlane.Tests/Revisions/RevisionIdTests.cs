// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Revisions;

namespace Cagent.ControlPlane.Tests.Revisions;

public sealed class RevisionIdTests
{
    [Fact]
    public void Of_KnownContent_IsItsSha256()
    {
        RevisionId id = RevisionId.Of("abc"u8);
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", id.ToString());
        Assert.Equal("ba7816bf8f01", id.ShortForm);
        Assert.True(RevisionId.TryParse(id.ToString(), out RevisionId? parsed));
        Assert.Equal(id, parsed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ba7816bf8f01")]
    [InlineData("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("../816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void TryParse_NotAnId_IsRefused(string? text) => Assert.False(RevisionId.TryParse(text, out _));
}
