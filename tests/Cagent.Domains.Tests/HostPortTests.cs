// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Generation;

namespace Cagent.Domains.Tests;

public sealed class HostPortTests
{
    [Theory]
    [InlineData("Good.test:8443", "good.test:8443")]
    [InlineData("good.test", "good.test:443")]
    [InlineData("good.test.:443", "good.test:443")]
    [InlineData("192.0.2.1:80", "192.0.2.1:80")]
    [InlineData("[2001:db8::1]:443", "[2001:db8::1]:443")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]:443")]
    public void TryParse_Authority_IsCanonical(string text, string canonical)
    {
        Assert.True(HostPort.TryParse(text, Port.Https, out HostPort? authority, out _));
        Assert.Equal(canonical, authority.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData(":443")]
    [InlineData("good.test:")]
    [InlineData("good.test:0")]
    [InlineData("good.test:65536")]
    [InlineData("good.test:0443")]
    [InlineData("good.test:+443")]
    [InlineData("good.test:443:443")]
    [InlineData("good.test:443 ")]
    [InlineData("user@good.test:443")]
    [InlineData("user:pass@good.test:443")]
    [InlineData("good.test:443@evil.test")]
    [InlineData("2001:db8::1")]
    [InlineData("[good.test]:443")]
    [InlineData("[192.0.2.1]:443")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]443")]
    [InlineData("[]:443")]
    [InlineData("[")]
    [InlineData("[fe80::1%25eth0]:443")]
    [InlineData("[::ffff:127.0.0.1]:443")]
    [InlineData("https://good.test")]
    public void TryParse_NoAuthority_IsRefused(string? text) =>
        Assert.False(HostPort.TryParse(text, Port.Https, out _, out _));

    [Fact]
    public void TryParse_NoDefaultPort_DemandsOne()
    {
        Assert.False(HostPort.TryParse("good.test", null, out _, out _));
        Assert.True(HostPort.TryParse("good.test:1", null, out _, out _));
    }

    [Theory]
    [InlineData("*.wild.example.org:443")]
    [InlineData("**.wild.example.org:8443")]
    [InlineData("api.example.com:80")]
    [InlineData("[2001:db8::1]:80")]
    public void EntryKey_Text_RoundTrips(string text) => Assert.Equal(text, Cases.Key(text).ToString());

    [Fact]
    public void TryParse_AnyText_IsRefusedOrRoundTrips() => PropertyTest.Holds(
        PropertyTest.Tokens(6, "a", "B", ".", ":", ":", "1", "443", "[", "]", "::", "@", "%"),
        text => !HostPort.TryParse(text, Port.Https, out HostPort? authority, out _)
            || (HostPort.TryParse(authority.ToString(), null, out HostPort? again, out _) && again == authority));
}
