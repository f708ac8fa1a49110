// SPDX-License-Identifier: Apache-2.0
using Cagent.Attack.Watching;
using Cagent.TestKit.Files;
using Cagent.TestKit.Time;

namespace Cagent.Attack.Tests.Watching;

public sealed class EnforcementRecordTests
{
    private readonly ManualTime _time = new();
    private readonly EnforcementRecord _record;

    public EnforcementRecordTests() => _record = new EnforcementRecord(["A2", "B2"], _time);

    [Fact]
    public void Metrics_BeforeTheFirstRound_AreInfinitelyOld()
    {
        string text = _record.ToPrometheus();

        Assert.Contains("\ncagent_enforcement_verified_timestamp_seconds 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\ncagent_enforcement_verified_age_seconds +Inf\n", text, StringComparison.Ordinal);
        Assert.Contains("\ncagent_attack_failures_total{attack=\"A2\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\ncagent_attack_rounds_total{result=\"inconclusive\"} 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Age_AfterARoundThatPassed_GrowsUntilTheNext()
    {
        Add(AttackVerdict.Passed);
        _time.Advance(TimeSpan.FromSeconds(42.5));
        Assert.Contains("_age_seconds 42.5\n", _record.ToPrometheus(), StringComparison.Ordinal);

        Add(AttackVerdict.Failed);
        Add(AttackVerdict.Inconclusive);
        _time.Advance(TimeSpan.FromSeconds(10));
        string text = _record.ToPrometheus();
        Assert.Contains("_age_seconds 52.5\n", text, StringComparison.Ordinal);
        Assert.Contains("cagent_attack_failures_total{attack=\"A2\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("cagent_attack_failures_total{attack=\"B2\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("{result=\"verified\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("{result=\"failed\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("{result=\"inconclusive\"} 1\n", text, StringComparison.Ordinal);

        Add(AttackVerdict.Passed);
        Assert.Contains("_age_seconds 0\n", _record.ToPrometheus(), StringComparison.Ordinal);
        Assert.Equal(_time.GetUtcNow(), _record.Verified);
    }

    [Fact]
    public void Metrics_All_StandInTheDocument()
    {
        string document = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "attack.md"));
        string[] names = [.. _record.ToPrometheus().Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];

        Assert.Equal(4, names.Length);
        Assert.All(names, name => Assert.Contains($"| `{name}", document, StringComparison.Ordinal));
    }

    [Fact]
    public void Failures_OfOtherRows_AreNoLabels()
    {
        _record.Add(new AttackReport(_time.GetUtcNow(), TimeSpan.Zero, [AttackReportTests.Result("C9", AttackVerdict.Failed)], null, false));

        Assert.DoesNotContain("C9", _record.ToPrometheus(), StringComparison.Ordinal);
    }

    private void Add(AttackVerdict verdict) => _record.Add(new AttackReport(_time.GetUtcNow(), TimeSpan.Zero, [AttackReportTests.Result("A2", verdict)], null, false));
}
