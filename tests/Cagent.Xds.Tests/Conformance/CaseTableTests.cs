// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using Cagent.TestKit.Files;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>
/// <c>cases.tsv</c> says which test shows which case, rule or trap of the protocol. None may be without one, and each named test must exist.
/// </summary>
public sealed partial class CaseTableTests
{
    private const int Traps = 47;
    private static readonly string Tests = Path.Combine(RepositoryRoot.Path, "tests");
    private static readonly string Folder = Path.Combine(Tests, "Cagent.Xds.Tests", "Conformance");
    private static readonly (string Id, string File, string Test)[] Rows =
        [.. File.ReadLines(Path.Combine(Folder, "cases.tsv")).Skip(1).Select(line => line.Split('\t')).Select(parts => (parts[0], parts[1], parts[2]))];

    /// <summary>The letters of the suite with how many cases each has.</summary>
    public static TheoryData<string, int> Cases => new()
    {
        { "S", 9 }, { "U", 3 }, { "D", 6 }, { "N", 4 }, { "O", 3 }, { "W", 14 }, { "R", 4 }, { "I", 3 }, { "T", 3 },
        { "M", 4 }, { "H", 1 }, { "C", 1 }, { "P", 2 }, { "K", 1 }, { "X", 1 }, { "Z", 1 }, { "trap ", Traps },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryId_HasATest(string letter, int count)
    {
        IEnumerable<string> ids = Enumerable.Range(1, count).Select(i => letter + i.ToString(CultureInfo.InvariantCulture));
        Assert.Equal([], ids.Except(Rows.Select(row => row.Id)));
    }

    [Fact]
    public void EveryId_IsKnown()
    {
        HashSet<string> known = [.. Cases.SelectMany(row => Enumerable.Range(1, (int)row[1]).Select(i => $"{row[0]}{i}"))];
        Assert.Equal([], Rows.Select(row => row.Id).Where(id => !known.Contains(id)));
    }

    [Fact]
    public void EveryTest_Exists() =>
        Assert.Equal([], Rows.Where(row => !TestsOf(Path.Combine(Tests, row.File)).Contains(row.Test)).Select(row => $"{row.File}: {row.Test}"));

    /// <summary>A case's test begins with its id, and one that does is in the table.</summary>
    [Fact]
    public void EveryCase_IsNamedByItsTest()
    {
        (string File, string Test)[] here = [.. Directory.EnumerateFiles(Folder, "*.cs")
            .SelectMany(path => TestsOf(path).Select(test => (Path.GetRelativePath(Tests, path), test))).Where(pair => Ids(pair.test).Any())];
        Assert.Equal([], here.SelectMany(pair => Ids(pair.Test).Select(id => (id, pair.File, pair.Test))).Except(Rows));
        Assert.Equal([], Rows.Where(row => !row.Id.StartsWith("trap", StringComparison.Ordinal) && !Ids(row.Test).Contains(row.Id)).Select(row => row.Test));
    }

    // "W8W9_Some_Thing" is of W8 and W9.
    private static IEnumerable<string> Ids(string test) => Id().Matches(test.Split('_')[0]) is { Count: > 0 } ids && string.Concat(ids) == test.Split('_')[0]
        ? ids.Select(id => id.Value)
        : [];

    private static HashSet<string> TestsOf(string path) => File.Exists(path) ? [.. Test().Matches(File.ReadAllText(path)).Select(match => match.Groups["name"].Value)] : [];

    [GeneratedRegex("[A-Z][0-9]{1,2}")]
    private static partial Regex Id();

    [GeneratedRegex(@"\[(?:\w*Fact|\w*Theory)\b[^\]]*\](?:\s*\[[^\n]*\])*\s*public (?:static )?(?:async )?(?:Task|void) (?<name>\w+)\(")]
    private static partial Regex Test();
}
