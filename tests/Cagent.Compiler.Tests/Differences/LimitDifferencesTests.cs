// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Differences;

namespace Cagent.Compiler.Tests.Differences;

/// <summary>A bound that comes takes away, one that goes opens, and one that changes is told with its direction.</summary>
public sealed class LimitDifferencesTests
{
    private const string Sixty = "rate_limit: {requests: 60, per: minute, burst: 10}";
    private const string SixtyText = "60 requests in 60 s, 10 at once, for each agent";

    [Theory]
    [InlineData("", "", null)]
    [InlineData(Sixty, Sixty, null)]
    [InlineData("", Sixty, $"Narrowed|no rate limit became {SixtyText}")]
    [InlineData(Sixty, "", $"Widened|{SixtyText} became no rate limit")]
    [InlineData(Sixty, "rate_limit: {requests: 61, per: minute, burst: 10}", $"Widened|{SixtyText} became 61 requests in 60 s, 10 at once, for each agent")]
    [InlineData(Sixty, "rate_limit: {requests: 60, per: hour, burst: 10}", $"Narrowed|{SixtyText} became 60 requests in 3600 s, 10 at once, for each agent")]
    [InlineData(Sixty, "rate_limit: {requests: 60, per: hour, burst: 20}", $"Widened, Narrowed|{SixtyText} became 60 requests in 3600 s, 20 at once, for each agent")]
    [InlineData(Sixty, "rate_limit: {requests: 60, per: minute, burst: 10, key: domain}", $"Narrowed|{SixtyText} became 60 requests in 60 s, 10 at once, for all agents together")]
    [InlineData("", "max_request_body: 1KiB", "Narrowed|bodies of any size became bodies of at most 1024 bytes")]
    [InlineData("max_request_body: 1KiB", "", "Widened|bodies of at most 1024 bytes became bodies of any size")]
    [InlineData("max_request_body: 1KiB", "max_request_body: 2KiB", "Widened|bodies of at most 1024 bytes became bodies of at most 2048 bytes")]
    [InlineData("", "resilience: {retries: 2}", null)]
    public void Between_Bounds_TellsWhichWay(string before, string after, string? expected)
    {
        DifferenceDetail? detail = PolicyDifferences.Between(Table(before), Table(after)).SelectMany(difference => difference.Details).SingleOrDefault();
        Assert.Equal(expected, detail is null ? null : $"{detail.Effect}|{detail.Text}");
    }

    private static AuthzTable Table(string more) =>
        GoldenCase.Compile($"version: 1\ndomains:\n  - {{domain: a.example.com{(more.Length == 0 ? "" : ", " + more)}}}\n").Authz;
}
