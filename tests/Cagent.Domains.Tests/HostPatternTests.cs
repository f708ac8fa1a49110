// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains.Tests;

public sealed class HostPatternTests
{
    [Theory]
    [InlineData("example.com", "EXAMPLE.com.", true)]
    [InlineData("example.com", "a.example.com", false)]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "a.b.example.com", false)]
    [InlineData("**.example.com", "a.example.com", true)]
    [InlineData("**.example.com", "a.b.example.com", true)]
    [InlineData("**.example.com", "example.com", false)]
    [InlineData("good.test", "notgood.test", false)]
    [InlineData("*.good.test", "good.test.evil.test", false)]
    [InlineData("**.good.test", "notgood.test", false)]
    [InlineData("api.good.test", "api-good.test", false)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    public void Matches_WholeLabels_Only(string pattern, string host, bool isMatch) =>
        Assert.Equal(isMatch, Cases.Pattern(pattern).Matches(Cases.Host(host)));

    [Theory]
    [InlineData("*")]
    [InlineData("**")]
    [InlineData("*.*")]
    [InlineData("**.**")]
    [InlineData("*.com")]
    [InlineData("**.com")]
    [InlineData("*.localhost")]
    [InlineData("**.co.uk")]
    [InlineData("*.com.au")]
    [InlineData("*.github.io")]
    [InlineData("**.windows.net")]
    [InlineData("**.amazonaws.com")]
    [InlineData("*.s3.amazonaws.com")]
    [InlineData("*.s3.eu-west-1.amazonaws.com")]
    [InlineData("*.s3-eu-west-1.amazonaws.com")]
    [InlineData("*.execute-api.eu-west-1.amazonaws.com")]
    [InlineData("*.eu-west-1.elb.amazonaws.com")]
    [InlineData("*.lambda-url.eu-west-1.on.aws")]
    [InlineData("*.nip.io")]
    [InlineData("**.kawasaki.jp")]
    [InlineData("*.anything.ck")]
    [InlineData("*.xn--55qx5d.cn")]
    [InlineData("*.公司.cn")]
    [InlineData("**.fastly.net")]
    [InlineData("**.googleapis.com")]
    [InlineData("*.us-east-1.compute.amazonaws.com")]
    public void TryParse_SharedSuffix_IsTooWide(string text)
    {
        Assert.False(HostPattern.TryParse(text, out _, out string? problem));
        Assert.Contains("too wide", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("foo.*")]
    [InlineData("foo.**")]
    [InlineData("a*.example.com")]
    [InlineData("a.*.b.example")]
    [InlineData("***.example.com")]
    [InlineData("*.**.example.com")]
    [InlineData("*.2.3.4")]
    [InlineData("*.192.0.2.1")]
    [InlineData("*.")]
    [InlineData("**.")]
    [InlineData("*example.com")]
    [InlineData("")]
    [InlineData(null)]
    public void TryParse_NoPattern_IsRefused(string? text) => Assert.False(HostPattern.TryParse(text, out _, out _));

    [Theory]
    [InlineData("*.Example.COM.", "*.example.com")]
    [InlineData("**.bücher.example", "**.xn--bcher-kva.example")]
    [InlineData("github.io", "github.io")]
    [InlineData("*.amazonaws.com", "*.amazonaws.com")]
    [InlineData("*.githubusercontent.com", "*.githubusercontent.com")]
    [InlineData("*.googleapis.com", "*.googleapis.com")]
    [InlineData("*.www.ck", "*.www.ck")]
    [InlineData("**.example.co.uk", "**.example.co.uk")]
    public void TryParse_Pattern_IsCanonical(string text, string canonical) => Assert.Equal(canonical, Cases.Pattern(text).Text);

    [Fact]
    public void CompareSpecificity_Patterns_OrdersExactThenOneLabelThenLongerSuffix()
    {
        string[] ordered = ["a.b.c.test", "b.c.test", "*.b.c.test", "*.c.test", "**.b.c.test", "**.c.test"];
        HostPattern[] patterns = [.. ordered.Reverse().Select(Cases.Pattern)];
        Array.Sort(patterns, HostPattern.CompareSpecificity);
        Assert.Equal(ordered, patterns.Select(pattern => pattern.Text));
    }
}
