// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cagent.Architecture.Tests;

/// <summary>Every log event has an id of its own in its project's block, and stands in docs/log-events.md.</summary>
public sealed partial class LogEventTests
{
    private static readonly Dictionary<string, int> Blocks = new(StringComparer.Ordinal)
    {
        ["Grpc"] = 1000, ["Xds"] = 1100, ["ControlPlane"] = 1200, ["ExtAuthz"] = 1300, ["Secrets"] = 1400, ["Audit"] = 1500, ["Server"] = 1600, ["Admin"] = 1700,
        ["Dns"] = 1800, ["Agents"] = 1900, ["Budgets"] = 2000,
    };

    private static readonly Event[] Events = [.. Sources.Product.SelectMany(Read).OrderBy(one => one.Id)];

    [Fact]
    public void Events_All_AreRead()
    {
        int attributes = Sources.Product.Sum(path => Attribute().Count(File.ReadAllText(path)));
        Assert.Equal(attributes, Events.Length);
        Assert.InRange(attributes, 60, int.MaxValue);
    }

    [Fact]
    public void Events_All_StandInTheLogFileOfTheirProject() =>
        Assert.All(Sources.Product.Where(path => Attribute().IsMatch(File.ReadAllText(path))), path => Assert.EndsWith("Log.cs", path, StringComparison.Ordinal));

    [Fact]
    public void Ids_All_AreUnique() => Assert.Empty(Events.GroupBy(one => one.Id).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void Ids_All_LieInTheBlockOfTheirProject() => Assert.All(Events, one => Assert.Equal(Blocks[one.Project], one.Id / 100 * 100));

    [Fact]
    public void Document_IsWhatTheCodeSays() => Sources.AssertDocument(
        "log-events.md",
        "# Log events\n\nIds are stable: an event keeps its id, and an id is never used again. No event holds a secret.\n"
        + "Levels: Information is a change of state, Warning recovered by itself, Error needs a person.\n\n"
        + "| id | level | project | message |\n|---|---|---|---|\n"
        + string.Concat(Events.Select(one => string.Create(CultureInfo.InvariantCulture, $"| {one.Id} | {one.Level} | {one.Project} | {one.Message.Replace("|", "\\|", StringComparison.Ordinal)} |\n"))));

    private static IEnumerable<Event> Read(string path) => Complete().Matches(File.ReadAllText(path)).Select(match => new Event(
        int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture),
        match.Groups["level"].Success ? match.Groups["level"].Value : "as given",
        Sources.ProjectOf(path),
        Regex.Replace(match.Groups["message"].Value, "\"\\s*\\+\\s*\"", "").Replace("\\\"", "\"", StringComparison.Ordinal)));

    [GeneratedRegex(@"\[LoggerMessage\(")]
    private static partial Regex Attribute();

    [GeneratedRegex("""\[LoggerMessage\(\s*(?:EventId = )?(?<id>\d{4}),\s*(?:(?:Level = )?LogLevel\.(?<level>\w+),\s*)?(?:Message = )?"(?<message>(?:[^"\\]|\\.|"\s*\+\s*")*)"(?:, \w+ = \w+)*\)\]""")]
    private static partial Regex Complete();

    private sealed record Event(int Id, string Level, string Project, string Message);
}
