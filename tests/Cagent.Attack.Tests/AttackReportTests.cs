// SPDX-License-Identifier: Apache-2.0
using Cagent.Attack.Client;

namespace Cagent.Attack.Tests;

public sealed class AttackReportTests
{
    [Theory]
    [InlineData(AttackVerdict.Passed, null, AttackVerdict.Passed, AttackVerdict.Skipped)]
    [InlineData(AttackVerdict.Passed, null, AttackVerdict.Passed, AttackVerdict.Warning)]
    [InlineData(AttackVerdict.Failed, null, AttackVerdict.Passed, AttackVerdict.Failed)]
    [InlineData(AttackVerdict.Failed, "broken", AttackVerdict.Failed, AttackVerdict.Inconclusive)]
    [InlineData(AttackVerdict.Inconclusive, null, AttackVerdict.Passed, AttackVerdict.Inconclusive)]
    [InlineData(AttackVerdict.Inconclusive, "broken", AttackVerdict.Passed, AttackVerdict.Passed)]
    [InlineData(AttackVerdict.Inconclusive, null, AttackVerdict.Skipped, AttackVerdict.Skipped)]
    [InlineData(AttackVerdict.Inconclusive, null, AttackVerdict.Skipped, AttackVerdict.Warning)]
    public void Verdict_OfTwoResults_IsTheOneThatProvesLeast(AttackVerdict expected, string? problem, AttackVerdict first, AttackVerdict second)
    {
        AttackReport report = new(DateTimeOffset.UnixEpoch, TimeSpan.Zero, [Result("A1", first), Result("B1", second)], problem, false);

        Assert.Equal(expected, report.Verdict);
    }

    [Fact]
    public void Rows_All_AreThoseOfTheCatalogue()
    {
        (char Group, int Count)[] groups = [('A', 15), ('B', 9), ('C', 12), ('D', 10), ('E', 9), ('F', 13), ('G', 14), ('H', 5)];

        Assert.Equal(groups.SelectMany(group => Enumerable.Range(1, group.Count).Select(number => $"{group.Group}{number}")), AttackCatalogue.Ids);
        Assert.Equal(AttackCatalogue.CoreIds.Length, AttackCatalogue.CoreIds.Select(id => id[0]).Distinct().Count());
        Assert.True(AttackCatalogue.Knows("b3") && AttackCatalogue.Knows("A") && !AttackCatalogue.Knows("B33") && !AttackCatalogue.Knows(""));
    }

    [Fact]
    public void Trial_OfNothing_IsInconclusive()
    {
        Assert.True(ProxyAddress.TryParse("127.0.0.1:1", out ProxyAddress? proxy, out _));
        AttackOptions options = new(proxy, new AttackTargets(new AttackUrl("api.test", 443)));
        AttackTrial trial = new(options, new ProxyClient(proxy, [], options.Timeout, new ReceivedBytes(null)));
        AttackRow row = AttackRow.Elsewhere("X1", "x", "because");

        Assert.Equal(AttackVerdict.Inconclusive, trial.ToResult(row, TimeSpan.Zero).Verdict);
        trial.Skip("because");
        Assert.Equal((AttackVerdict.Skipped, "because"), (trial.ToResult(row, TimeSpan.Zero).Verdict, trial.ToResult(row, TimeSpan.Zero).Reason));
        trial.Expect("ok", Expectation.NoHost, ExpectationTests.Http(403, "host_not_allowed", ""));
        Assert.Equal(AttackVerdict.Passed, trial.ToResult(row, TimeSpan.Zero).Verdict);
        trial.ExpectIsolated("direct", "nothing", holds: false, "open");
        Assert.Equal(AttackVerdict.Warning, trial.ToResult(row, TimeSpan.Zero).Verdict);
        trial.ExpectNothingArrived(new(3, 0, []), new(4, 0, []));
        Assert.Equal(AttackVerdict.Failed, trial.ToResult(row, TimeSpan.Zero).Verdict);
    }

    [Theory]
    [InlineData("https://API.example.com/v1?x=1", "api.example.com", 443, "/v1?x=1")]
    [InlineData("https://api.example.com:8443", "api.example.com", 8443, "/")]
    [InlineData("db.example.com:5432", "db.example.com", 5432, "/")]
    [InlineData("http://plain.example.com/x", "plain.example.com", 80, "/x")]
    public void Url_Text_IsRead(string text, string host, int port, string path)
    {
        Assert.True(AttackUrl.TryParse(text, out AttackUrl? url, out _));
        Assert.Equal((host, port, path), (url.Host, url.Port, url.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ftp://x/")]
    [InlineData("https://user:password@api.example.com/")]
    [InlineData("https:///x")]
    [InlineData("a b")]
    public void Url_Otherwise_IsRefused(string text) => Assert.False(AttackUrl.TryParse(text, out _, out _));

    internal static AttackResult Result(string id, AttackVerdict verdict) => new(id, "title", verdict, 1, null, [], TimeSpan.Zero);
}
