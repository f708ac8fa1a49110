// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains.Tests;

public sealed class PortTests
{
    [Theory]
    [InlineData("443", 443)]
    [InlineData("65535", 65535)]
    public void TryParse_PlainNumber_Parses(string text, int value)
    {
        Assert.True(Port.TryParse(text, out Port port));
        Assert.Equal(value, port.Value);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("0443")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("")]
    [InlineData(null)]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(Port.TryParse(text, out _));
}
