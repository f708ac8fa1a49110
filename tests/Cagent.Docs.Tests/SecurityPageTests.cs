// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Cagent.TestKit.Files;

namespace Cagent.Docs.Tests;

/// <summary>
/// The table of docs/security.md has a row for each attack of the catalogue, and names its tests: the methods called <c>Attack_ID_…</c>,
/// wherever they stand. Nothing is called stopped that no test stops.
/// </summary>
public sealed partial class SecurityPageTests
{
    private const string Name = "security.md";
    private const string Stopped = "stopped";
    private const string Partly = "partly";

    /// <summary>How many attacks each group of the catalogue has.</summary>
    private static readonly (char Group, int Count)[] Catalogue = [('A', 15), ('B', 9), ('C', 12), ('D', 10), ('E', 9), ('F', 13), ('G', 14), ('H', 5)];

    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true };

    private static string Text => File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", Name));

    [Fact]
    public void Table_OfTheCatalogue_HasOneRowForEachAttackInOrder() =>
        Assert.Equal(Catalogue.SelectMany(group => Enumerable.Range(1, group.Count).Select(number => $"{group.Group}{number}")), Row().Matches(Text).Select(row => row.Groups["id"].Value));

    /// <summary>With CAGENT_UPDATE_DOCS=1 the column is written.</summary>
    [Fact]
    public void Tests_OfEachRow_AreThoseOfItsName() => GeneratedDocument.AssertFresh(
        Name, Row().Replace(Text, row => $"{row.Groups["before"].Value} {string.Join(", ", Tests[row.Groups["id"].Value].Select(test => $"`{test}`"))} |{row.Groups["state"].Value}|"));

    [Fact]
    public void State_OfEachRow_IsWhatItsTestsSay() => Assert.All(Row().Matches(Text), row =>
    {
        string state = row.Groups["state"].Value.Trim();
        bool isTested = Tests.Contains(row.Groups["id"].Value);
        if (state == Stopped || state.StartsWith(Partly + ": ", StringComparison.Ordinal))
        {
            Assert.True(isTested, $"{row.Groups["id"].Value} is called {state} without a test");
            return;
        }

        Assert.Matches("^(not yet|not ours): ", state);
        Assert.False(isTested, $"{row.Groups["id"].Value} has a test and is called {state}");
    });

    [Fact]
    public void Attacks_OfTheTests_AreInTheCatalogue() =>
        Assert.All(Tests, group => Assert.Contains(Row().Matches(Text), row => row.Groups["id"].Value == group.Key));

    /// <summary>Class and method of each attack's tests, by its id.</summary>
    private static ILookup<string, string> Tests { get; } = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "tests"), "*Tests.cs", Everywhere)
        .Order(StringComparer.Ordinal)
        .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(method => (Id: method.Groups["id"].Value, Test: $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups["method"].Value}")))
        .Distinct()
        .ToLookup(test => test.Id, test => test.Test);

    [GeneratedRegex(@"^(?<before>\| (?<id>[A-H]\d+) \|[^|\n]*\|[^|\n]*\|)[^|\n]*\|(?<state>[^|\n]*)\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    [GeneratedRegex(@"^    public (async Task|Task|void) (?<method>Attack_(?<id>[A-H]\d+)_\w+)\(", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Method();
}
