// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Generation;

namespace Cagent.Domains.Tests;

public sealed class RequestPathTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/a/b/")]
    [InlineData("/a;x=1/b")]
    [InlineData("/...")]
    [InlineData("/..a/b..")]
    [InlineData("/+a")]
    [InlineData("/a%3Fb")]
    [InlineData("/a%23b")]
    [InlineData("/caf%C3%A9")]
    [InlineData("/caf%E9")]
    [InlineData("/@scope%2Fname")]
    [InlineData("/@scope%2fname")]
    [InlineData("/a%2Fb")]
    [InlineData("/a%20b")]
    public void TryParse_CanonicalPath_IsTaken(string text) => Assert.Equal(text, Cases.Path(text).ToString());

    [Theory]
    [InlineData("/a/b?", "/a/b")]
    [InlineData("/a?x=/../y//%2e", "/a")]
    [InlineData("/a?x?y\\#%", "/a")]
    public void TryParse_Query_IsNeverLookedAt(string text, string path) => Assert.Equal(path, Cases.Path(text).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("?a")]
    [InlineData("a/b")]
    [InlineData("http://a/b")]
    [InlineData("/a//b")]
    [InlineData("//a/b")]
    [InlineData("/a//")]
    [InlineData("/a\\b")]
    [InlineData("/a#f")]
    [InlineData("/a b")]
    [InlineData("/a\tb")]
    [InlineData("/a\u007f")]
    [InlineData("/caf\u00e9")]
    [InlineData("/a/./b")]
    [InlineData("/a/../b")]
    [InlineData("/..")]
    [InlineData("/.")]
    [InlineData("/a/%2e%2e/b")]
    [InlineData("/a/.%2E/b")]
    [InlineData("/a/..;x/b")]
    [InlineData("/a/.;/b")]
    [InlineData("/a/x;../b")]
    [InlineData("/a/..%3bx/b")]
    [InlineData("/a/..%3Bx/b")]
    [InlineData("/a/..%2fb")]
    [InlineData("/a%2f..%2fb")]
    [InlineData("/a%2F.")]
    [InlineData("/%252e%252e/b")]
    [InlineData("/a%252fb")]
    [InlineData("/a%25b")]
    [InlineData("/a%5Cb")]
    [InlineData("/a%5cb")]
    [InlineData("/a%0ab")]
    [InlineData("/a%00b")]
    [InlineData("/a%1fb")]
    [InlineData("/a%7fb")]
    [InlineData("/a%")]
    [InlineData("/a%zz")]
    [InlineData("/a%2")]
    [InlineData("/a%%2f")]
    [InlineData("/%61")]
    [InlineData("/%7E")]
    [InlineData("/%c0%af")]
    [InlineData("/%C1%9C")]
    [InlineData("/%e0%80%af")]
    [InlineData("/%f0%80%80%af")]
    [InlineData("/a|b")]
    [InlineData("/{id}")]
    public void TryParse_AnythingThatTwoServersCouldReadDifferently_IsRefused(string? text)
    {
        Assert.False(RequestPath.TryParse(text, out RequestPath path, out string? problem));
        Assert.NotNull(problem);
        Assert.False(PathPattern.Everything.Matches(path));
    }

    [Fact]
    public void TryParse_TakenPath_IsOneThatEnvoyLeavesAlone() => PropertyTest.Holds(
        PropertyTest.Tokens(8, "/", "/", "/", ".", "..", ";", "\\", "%2e", "%2F", "%5c", "%25", "%3b", "a", "%61", "{", "^", "%", "?", "%zz", "%c0%af", "=x"),
        tokens => !RequestPath.TryParse("/" + tokens, out _, out _)
            || (PathCanonicalizer.TryCanonicalize("/" + tokens, out string? canonical) && canonical == "/" + tokens));

    [Fact]
    public void TryParse_TakenPath_HasNoDotSegmentAfterAnyDecoding() => PropertyTest.Holds(
        PropertyTest.Tokens(8, "/", "/", ".", "..", ";", "%2e", "%2F", "%3b", "a", "%61", "%20", "%c3%a9"),
        tokens => !RequestPath.TryParse("/" + tokens, out _, out _)
            || Uri.UnescapeDataString("/" + tokens).Split('/', ';').All(piece => piece is not ("." or "..")));

    [Fact]
    public void TryParse_AnyBytes_NeverThrows()
    {
        Random random = new(3);
        for (int i = 0; i < 10_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => (char)random.Next(0x120)));
            bool isTaken = RequestPath.TryParse("/" + text, out _, out string? problem);
            Assert.Equal(isTaken, problem is null);
        }
    }
}
