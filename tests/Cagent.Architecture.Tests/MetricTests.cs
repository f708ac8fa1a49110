// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace Cagent.Architecture.Tests;

/// <summary>Every metric stands in docs/metrics.md, with a name and a unit as OpenTelemetry spells them.</summary>
public sealed partial class MetricTests
{
    private static readonly Metric[] Metrics = [.. Sources.Product.SelectMany(Read).OrderBy(one => one.Name, StringComparer.Ordinal)];

    [Fact]
    public void Metrics_All_AreRead()
    {
        int instruments = Sources.Product.Sum(path => Instrument().Count(File.ReadAllText(path)));
        Assert.Equal(instruments, Metrics.Length);
        Assert.InRange(instruments, 10, int.MaxValue);
    }

    [Fact]
    public void Names_All_AreUnique() => Assert.Equal(Metrics.Length, Metrics.Select(one => one.Name).Distinct().Count());

    [Fact]
    public void Names_All_AreLowerCaseWithDots() => Assert.All(Metrics, one => Assert.Matches(@"^(cagent|rpc)(\.[a-z][a-z_]*)+$", one.Name));

    [Fact]
    public void Units_All_AreSecondsBytesOrThings() => Assert.All(Metrics, one => Assert.Matches(@"^(s|By|1|\{[a-z]+\})$", one.Unit));

    [Fact]
    public void Document_IsWhatTheCodeSays() => Sources.AssertDocument(
        "metrics.md",
        "# Metrics\n\nNames and units are OpenTelemetry's. Tags are bounded: never a host, path, agent, node or text of a request.\n\n"
        + "| metric | kind | unit | project | meaning |\n|---|---|---|---|---|\n"
        + string.Concat(Metrics.Select(one => $"| `{one.Name}` | {one.Kind} | {one.Unit} | {one.Project} | {one.Meaning} |\n")));

    private static IEnumerable<Metric> Read(string path) => Complete().Matches(File.ReadAllText(path)).Select(match => new Metric(
        match.Groups["name"].Value, Kind(match.Groups["kind"].Value), match.Groups["unit"].Value, Sources.ProjectOf(path), match.Groups["meaning"].Value));

    private static string Kind(string factory) => Regex.Replace(factory, "(?<=[a-z])(?=[A-Z])", " ").ToLowerInvariant();

    [GeneratedRegex(@"\.Create(?:Observable)?(?:Counter|UpDownCounter|Histogram|Gauge)<")]
    private static partial Regex Instrument();

    [GeneratedRegex("""\.Create(?<kind>(?:Observable)?(?:Counter|UpDownCounter|Histogram|Gauge))<\w+>\(\s*"(?<name>[^"]+)",[^"]*"(?<unit>[^"]+)",\s*"(?<meaning>[^"]+)""")]
    private static partial Regex Complete();

    private sealed record Metric(string Name, string Kind, string Unit, string Project, string Meaning);
}
