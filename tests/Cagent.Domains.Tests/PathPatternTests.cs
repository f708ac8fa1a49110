// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Generation;
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.Domains.Tests;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("/repos/**", "/repos/a/b", true)]
    [InlineData("/repos/**", "/repos/", true)]
    [InlineData("/repos/**", "/repos", true)]
    [InlineData("/repos/**", "/repository", false)]
    [InlineData("/repos/**", "/Repos/a", false)]
    [InlineData("/**", "/", true)]
    [InlineData("/", "/", true)]
    [InlineData("/", "/a", false)]
    [InlineData("/repos/*/issues", "/repos/a/issues", true)]
    [InlineData("/repos/*/issues", "/repos/a/b/issues", false)]
    [InlineData("/a/*", "/a/", false)]
    [InlineData("/a/*", "/a/b", true)]
    [InlineData("/a/*", "/a/b/", false)]
    [InlineData("/a", "/a/", false)]
    [InlineData("/a/", "/a/", true)]
    [InlineData("/@scope%2Fname", "/@scope%2fname", true)]
    [InlineData("/@scope%2fname", "/@scope%2Fname", true)]
    [InlineData("/@scope/name", "/@scope%2Fname", false)]
    [InlineData("/*", "/@scope%2Fname", true)]
    [InlineData("/@scope/*", "/%40scope/name", false)]
    public void Matches_Path_BySegments(string pattern, string path, bool isMatch)
    {
        Assert.Equal(isMatch, Cases.PathPattern(pattern).Matches(Cases.Path(path)));
    }

    [Theory]
    [InlineData("/admin/**", "/admin%2Fusers")]
    [InlineData("/admin/**", "/admin%2fusers%2Fx")]
    [InlineData("/admin", "/admin/")]
    [InlineData("/admin", "/admin;x=1")]
    [InlineData("/admin", "/admin;x=1/")]
    [InlineData("/admin", "/admin%3Bx")]
    [InlineData("/admin/*/x", "/admin;q/1;r/x")]
    [InlineData("/@acme/**", "/%40acme/secret")]
    [InlineData("/@acme/**", "/%40acme%2Fsecret")]
    [InlineData("/a:b", "/a%3Ab")]
    [InlineData("/admin", "/admin%2F")] // a slash at the end
    [InlineData("/admin", "/admin/;x")]
    [InlineData("/admin/**", "/%2Fadmin/x")] // slashes in a row, which servers merge, when something is decoded or cut
    [InlineData("/admin/**", "/%2F%2fadmin/x")]
    [InlineData("/admin/**", "/;/admin/x")]
    [InlineData("/admin/**", "/;x=1/admin/x")]
    [InlineData("/admin/**", "/%3Bx/admin/x")]
    [InlineData("/v1/secret/**", "/v1/%2Fsecret/x")]
    [InlineData("/v1/secret/**", "/v1/;%2F;a/secret;b/x")]
    [InlineData("/", "/;")]
    [InlineData("/a/", "/a/;x")]
    [InlineData("/%40acme/**", "/@acme/secret")] // the escape stands in the rule: its path slipped past a denial
    public void MatchesAnyReading_SpellingThatSomeServerReadsSo_Matches(string pattern, string path)
    {
        Assert.False(Cases.PathPattern(pattern).Matches(Cases.Path(path)));
        Assert.True(Cases.PathPattern(pattern).MatchesAnyReading(Cases.Path(path)));
    }

    [Theory]
    [InlineData("/admin/**", "/administrator")]
    [InlineData("/admin", "/admin/x")]
    [InlineData("/admin", "/Admin")]
    [InlineData("/admin", "/admin%2Fx")]
    [InlineData("/a", "/;/b/a")]
    [InlineData("/a/", "/a;x")]
    public void MatchesAnyReading_OtherPath_DoesNot(string pattern, string path) =>
        Assert.False(Cases.PathPattern(pattern).MatchesAnyReading(Cases.Path(path)));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("a")]
    [InlineData("*")]
    [InlineData("/a//b")]
    [InlineData("/**/b")]
    [InlineData("/a*")]
    [InlineData("/a/b**")]
    [InlineData("/***")]
    [InlineData("/a/../b")]
    [InlineData("/a?x=1")]
    [InlineData("/%61")]
    [InlineData("/{id}")]
    [InlineData("/a%25")]
    [InlineData("/caf\u00e9")]
    public void TryParse_PatternThatNothingCouldMatch_IsRefused(string? text) => Assert.False(PathPattern.TryParse(text, out _, out _));

    [Theory]
    [InlineData("/**", "/", true)]
    [InlineData("/**", "/a/**", true)]
    [InlineData("/a/**", "/**", false)]
    [InlineData("/a/**", "/a", true)]
    [InlineData("/a/*", "/a/b", true)]
    [InlineData("/a/*", "/a/*", true)]
    [InlineData("/a/*", "/a/", false)]
    [InlineData("/a/b", "/a/*", false)]
    [InlineData("/a/*", "/a/**", false)]
    [InlineData("/*/b/**", "/a/b/c/*", true)]
    public void Covers_Pattern_MeansEveryPathOfIt(string wide, string narrow, bool isCovered) =>
        Assert.Equal(isCovered, Cases.PathPattern(wide).Covers(Cases.PathPattern(narrow)));

    [Fact]
    public void Covers_Pattern_AgreesWithMatches() => PropertyTest.Holds(
        from wide in Patterns() from narrow in Patterns() from path in Paths() select (wide, narrow, path),
        one => !one.wide.Covers(one.narrow) || !one.narrow.Matches(one.path) || one.wide.Matches(one.path));

    [Fact]
    public void Matches_AnyPath_EqualsASearchOverSplitSegments() => PropertyTest.Holds(
        from pattern in Patterns() from path in Paths() select (pattern, path),
        one => one.pattern.Matches(one.path) == Naive(one.pattern.Text[1..].Split('/'), one.path.ToString()[1..].Split('/')));

    [Fact]
    public void MatchesAnyReading_AnyPath_IsNeverNarrowerThanMatches() => PropertyTest.Holds(
        from pattern in Patterns() from path in Paths() select (pattern, path),
        one => !one.pattern.Matches(one.path) || one.pattern.MatchesAnyReading(one.path));

    [Fact]
    public void Matches_OrdinaryPath_AllocatesNothing()
    {
        PathPattern pattern = Cases.PathPattern("/repos/*/issues/**");
        RequestPath path = Cases.Path("/repos/acme%2Fx/issues/1;a/?q");
        pattern.MatchesAnyReading(path);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            pattern.Matches(path);
            pattern.MatchesAnyReading(path);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static bool Naive(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern is ["**"])
        {
            return true;
        }

        return pattern.Length == 0 || path.Length == 0
            ? pattern.Length == path.Length
            : (pattern[0] == "*" ? path[0].Length > 0 : pattern[0].Equals(path[0], StringComparison.OrdinalIgnoreCase)) && Naive(pattern[1..], path[1..]);
    }

    private static Gen<PathPattern> Patterns() =>
        from segments in Gen.ArrayOf(Gen.Elements("a", "b", "*", "%2F"), 3)
        from count in Gen.Choose(0, 3)
        from end in Gen.Elements("", "/**", "/")
        select Cases.PathPattern("/" + string.Join('/', segments.Take(count)) + (count == 0 ? end.TrimStart('/') : end));

    private static Gen<RequestPath> Paths() =>
        from segments in Gen.ArrayOf(Gen.Elements("a", "b", "%2f"), 4)
        from count in Gen.Choose(0, 4)
        from end in Gen.Elements("", "/")
        select Cases.Path("/" + string.Join('/', segments.Take(count)) + (count == 0 ? "" : end));
}
