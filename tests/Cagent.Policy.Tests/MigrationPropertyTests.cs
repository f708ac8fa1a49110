// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;
using Cagent.Policy.Migration;
using Cagent.Policy.Model;
using Cagent.TestKit.Files;
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.Policy.Tests;

/// <summary>Whatever the old file says: the new policy loads, and allows nothing that the earlier system denied.</summary>
public sealed class MigrationPropertyTests
{
    private static readonly string[] s_hosts = ["a.example.com", "b.example.com", "A.example.com", "api.example.org", "bad host", "x", "münchen.example"];
    private static readonly string[] s_paths = ["/", "/v1", "/v1/*", "/v1*", "/v1/items", "/v1/items/", "/v2/a*", "/a//b", "v1", "*", "/*", "/x%20y", "/%41"];
    private static readonly string[] s_requests = ["/", "/v1", "/v1/", "/v1/items", "/v1/items/", "/v1/items/7", "/v10", "/v2/a", "/v2/ab", "/v2/a/b", "/other", "/x%20y"];
    private static readonly string[] s_values = ["true", "no", "~", "7", "-1", "0", "1e9", "[]", "{}", "[a, {b: c}]", "\"\"", "text", "30s", "2027-01-01", "\"*\"", "999999999999"];

    private static readonly string s_everyKey = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "tests", "Cagent.Policy.Tests", "migration", "every-key", "old.yaml"));

    [Fact]
    public void Migrate_EntryOfAnyPaths_AllowsNothingMore() => Prop.ForAll(Entries().ToArbitrary(), entries =>
    {
        string old = $"domains:\n{string.Concat(entries.Select(entry => $"  - {{domain: \"{entry.Host}\", read_only: {(entry.ReadOnly ? "true" : "false")}, allowed_paths: [{string.Join(", ", entry.Paths.Select(path => $"\"{path}\""))}]}}\n"))}";
        MigrationResult result = PolicyMigration.Migrate(old, "old.yaml", PolicyTexts.Now);
        Assert.NotNull(result.Text);
        ValidatedPolicy policy = PolicyLoader.Load(result.Text, "new.yaml").Policy!;
        foreach (PolicyEntry entry in policy.Entries)
        {
            OldEntry before = entries.First(candidate => HostPattern.TryParse(candidate.Host, out HostPattern? host, out _) && host.Text == entry.Key.Host.Text);
            foreach (string path in s_requests)
            {
                Assert.True(!Allows(entry, "POST", path) || (Allows(before, path) && !before.ReadOnly), $"POST {path} is new\n{old}\n{result.Text}");
                Assert.True(!Allows(entry, "GET", path) || Allows(before, path), $"GET {path} is new\n{old}\n{result.Text}");
            }
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Migrate_FileWithWrongValues_GivesAPolicyThatLoads() => Prop.ForAll(Changed().ToArbitrary(), old =>
    {
        foreach (PolicyFeatures honoured in (PolicyFeatures[])[PolicyFeatures.Production, PolicyFeatures.All])
        {
            MigrationResult result = PolicyMigration.Migrate(old, "old.yaml", PolicyTexts.Now, honoured);
            Assert.True(result.Text is not null || result.Diagnostics.Any(diagnostic => diagnostic.Location.File == "old.yaml"), $"{string.Join('\n', result.Diagnostics)}\n{old}");
            Assert.DoesNotContain("canary-secret", result.Text + string.Concat(result.Notes.Select(note => note.OldKey + note.Text)) + string.Concat(result.Diagnostics.Select(diagnostic => diagnostic.ToString())), StringComparison.Ordinal);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static Gen<OldEntry[]> Entries() =>
        (from host in Gen.Elements(s_hosts)
         from readOnly in Gen.Elements(true, false)
         from paths in Gen.Choose(0, 4).SelectMany(count => Gen.Elements(s_paths).ListOf(count))
         select new OldEntry(host, readOnly, [.. paths])).ArrayOf().Select(entries => entries.DistinctBy(entry => entry.Host.ToLowerInvariant()).ToArray());

    /// <summary>The file with every key, some of whose values are others, some lines gone and some characters replaced.</summary>
    private static Gen<string> Changed() =>
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from value in Gen.Elements(s_values)
        from kind in Gen.Choose(0, 3)
        select Change(s_everyKey, new Random(seed), value, kind);

    private static string Change(string text, Random random, string value, int kind)
    {
        List<string> lines = [.. text.Split('\n')];
        for (int i = 0; i < 3; i++)
        {
            int at = random.Next(lines.Count);
            int colon = lines[at].IndexOf(": ", StringComparison.Ordinal);
            if (kind == 0)
            {
                lines.RemoveAt(at);
            }
            else if (kind == 1 && lines[at].Length > 0)
            {
                int place = random.Next(lines[at].Length);
                lines[at] = lines[at][..place] + ":{}[]*\"'#-\t\u2028😀"[random.Next(12)] + lines[at][place..];
            }
            else if (colon >= 0)
            {
                lines[at] = $"{lines[at][..colon]}: {value}";
            }
        }

        return string.Join('\n', lines);
    }

    private static bool Allows(PolicyEntry entry, string method, string path) =>
        entry.Allow.IsEmpty || (RequestPath.TryParse(path, out RequestPath request, out _) && entry.Allow.Any(rule => rule.Methods.Contains(method) && rule.Path.Matches(request)));

    // A rule "/v1/**" takes "/v1" as well, where the old prefix "/v1/*" wanted the slash; docs/migration.md says so.
    private static bool Allows(OldEntry entry, string path) => entry.Paths.Length == 0
        || entry.Paths.Any(allowed => allowed.EndsWith('*') ? path.StartsWith(allowed[..^1], StringComparison.Ordinal) || path + "/" == allowed[..^1] : path == allowed);

    private sealed record OldEntry(string Host, bool ReadOnly, string[] Paths);
}
