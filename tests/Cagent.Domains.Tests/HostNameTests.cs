// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Generation;

namespace Cagent.Domains.Tests;

public sealed class HostNameTests
{
    [Theory]
    [InlineData("api.good.test", "api.good.test")]
    [InlineData("API.Good.TEST", "api.good.test")]
    [InlineData("api.good.test.", "api.good.test")]
    [InlineData("localhost", "localhost")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("r3---sn-a5.example", "r3---sn-a5.example")]
    [InlineData("1.example", "1.example")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("::1", "::1")]
    public void TryParse_Name_IsCanonical(string text, string canonical)
    {
        Assert.True(HostName.TryParse(text, out HostName? host, out _));
        Assert.Equal(canonical, host.Value);
        Assert.Equal(canonical.Contains(':', StringComparison.Ordinal) || char.IsAsciiDigit(canonical[^1]), host.IsAddress);
    }

    [Theory]
    [InlineData(null, "is empty")]
    [InlineData("", "is empty")]
    [InlineData(".", "empty label")]
    [InlineData("api.good.test..", "empty label")]
    [InlineData(".good.test", "empty label")]
    [InlineData("a..b", "empty label")]
    [InlineData("-a.test", "hyphen")]
    [InlineData("a-.test", "hyphen")]
    [InlineData("api.good.test@evil.test", "user-info")]
    [InlineData("evil.test#api.good.test", "'#'")]
    [InlineData("evil.test?.good.test", "'?'")]
    [InlineData("evil.test\\good.test", "'\\'")]
    [InlineData("evil test", "space")]
    [InlineData("evil.test%2egood.test", "'%'")]
    [InlineData("evil.test\0.good.test", "control")]
    [InlineData("evil.test\u007f", "control")]
    [InlineData("a_b.test", "'_'")]
    [InlineData("*.good.test", "'*'")]
    [InlineData("bücher.example", "outside ASCII")]
    [InlineData("a\u3002b", "outside ASCII")]
    [InlineData("so\u00adft.test", "outside ASCII")]
    [InlineData("good.test:443", "port")]
    [InlineData("http://good.test", "URL")]
    [InlineData("[::1]", "brackets")]
    public void TryParse_NoName_IsRefused(string? text, string problem) => AssertRefused(text, problem);

    [Theory]
    [InlineData("2130706433")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.0.0.01")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0x7f000001")]
    [InlineData("127.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.0.0.256")]
    [InlineData("1.2.3.4.5")]
    [InlineData("example.1")]
    [InlineData("example.0x")]
    [InlineData("256")]
    public void TryParse_OtherSpellingOfIPv4_IsRefused(string text) => AssertRefused(text, "unusual spelling");

    [Theory]
    [InlineData("::ffff:127.0.0.1", "embeds")]
    [InlineData("::ffff:7f00:1", "embeds")]
    [InlineData("::127.0.0.1", "embeds")]
    [InlineData("64:ff9b::127.0.0.1", "unusual spelling")]
    [InlineData("2001:DB8::1", "write 2001:db8::1")]
    [InlineData("2001:db8:0:0:0:0:0:1", "write 2001:db8::1")]
    [InlineData("fe80::1%eth0", "'%'")]
    [InlineData("1::2::3", "no IPv6")]
    [InlineData(":::", "no IPv6")]
    public void TryParse_OtherSpellingOfIPv6_IsRefused(string text, string problem) => AssertRefused(text, problem);

    [Fact]
    public void TryParse_Lengths_AreLimited()
    {
        string label = new('a', 63);
        string longest = string.Join('.', label, label, label, label[..61]);
        Assert.True(HostName.TryParse(longest, out _, out _));
        Assert.True(HostName.TryParse(longest + ".", out _, out _));
        AssertRefused(longest + "a", "253");
        AssertRefused(label + "a.test", "63");
    }

    [Theory]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.example.", "xn--bcher-kva.example")]
    [InlineData("例え.jp", "xn--r8jz45g.jp")]
    [InlineData("пример.example", "xn--e1afmkfd.example")]
    [InlineData("plain.example", "plain.example")]
    public void TryParsePolicyText_OtherAlphabet_BecomesALabels(string text, string canonical)
    {
        Assert.True(HostName.TryParsePolicyText(text, out HostName? host, out _));
        Assert.Equal(canonical, host.Value);
    }

    [Theory]
    [InlineData("аpple.com", "mixes alphabets")] // Cyrillic a
    [InlineData("so\u00adft.test", "U+00AD")]
    [InlineData("a\u200db.test", "U+200D")]
    [InlineData("a\u3002b", "U+3002")]
    [InlineData("ｇｉｔ.com", "U+FF47")]
    [InlineData("bu\u0308cher.test", "U+0308")]
    [InlineData("ﬁ.test", "U+FB01")]
    [InlineData("ſ.test", "U+017F")]
    [InlineData("İ.test", "U+0130")]
    public void TryParsePolicyText_LetterThatIdnaWouldChange_IsRefused(string text, string problem)
    {
        Assert.False(HostName.TryParsePolicyText(text, out _, out string? actual));
        Assert.Contains(problem, actual, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_Canonical_IsAFixedPoint() => PropertyTest.Holds(
        PropertyTest.Tokens(6, "a", "B", "-", ".", ".", "1", "0x", "xn--", "::", ":", "255", "ffff", "ü", "_", "@", "%"),
        text => !HostName.TryParse(text, out HostName? host, out _)
            || (HostName.TryParse(host.Value, out HostName? again, out _) && again == host && again.IsAddress == host.IsAddress));

    private static void AssertRefused(string? text, string problem)
    {
        Assert.False(HostName.TryParse(text, out HostName? host, out string? actual));
        Assert.Null(host);
        Assert.Contains(problem, actual, StringComparison.Ordinal);
    }
}
