// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Http;

namespace Cagent.TestKit.Tests.Http;

public sealed class PatternTests
{
    [Fact]
    public void IsAt_ContentAcrossBlocks_IsRecognisedAtItsOffsetOnly()
    {
        byte[] bytes = [.. Pattern.Block.Span[65_000..], .. Pattern.Block.Span, .. Pattern.Block.Span[..10]];
        Assert.True(Pattern.IsAt(65_000, bytes));
        Assert.True(Pattern.IsAt(65_000 + (3L * Pattern.BlockLength), bytes));
        Assert.False(Pattern.IsAt(65_001, bytes));
        bytes[^1] ^= 1;
        Assert.False(Pattern.IsAt(65_000, bytes));
    }
}
