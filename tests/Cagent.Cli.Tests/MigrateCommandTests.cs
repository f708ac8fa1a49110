// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Cagent.Cli.Tests;

/// <summary>What <c>migrate</c> writes where, and its exit codes.</summary>
public sealed class MigrateCommandTests
{
    private const string Good = "domains:\n  - {domain: a.example.com, read_only: true}\n";
    private const string Reported = "mode: standalone\n" + Good;

    [Theory]
    [InlineData(Good, 0, "2 keys mapped, 0 reported")]
    [InlineData(Reported, 2, "2 keys mapped, 1 reported")]
    public async Task Migrate_ToStandardOutput_HasThePolicyThereAndTheReportOnError(string old, int exitCode, string summary)
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("migrate", folder.Write(old, "old.yaml"));
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains("  - domain: a.example.com\n    read_only: true\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("mapped", run.Output, StringComparison.Ordinal);
        Assert.Contains(summary, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_ToAFile_WritesAPolicyThatValidates()
    {
        using PolicyFolder folder = new();
        string file = Path.Combine(folder.Path, "new.yaml");
        CommandLine run = await CommandLine.RunAsync("migrate", folder.Write(Reported, "old.yaml"), "--output-file", file);
        Assert.Equal((2, ""), (run.ExitCode, run.Error));
        Assert.Contains("old.yaml:1: dropped  mode: was never read; nothing to do", run.Output, StringComparison.Ordinal);
        Assert.Contains($"written to {file}", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await CommandLine.RunAsync("validate", file)).ExitCode);
    }

    [Fact]
    public async Task Migrate_FileThatIsThere_IsReplacedWithForceOnly()
    {
        using PolicyFolder folder = new();
        string old = folder.Write(Good, "old.yaml");
        string file = folder.Write("mine", "new.yaml");
        CommandLine refused = await CommandLine.RunAsync("migrate", old, "--output-file", file);
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(file));
        Assert.Equal(0, (await CommandLine.RunAsync("migrate", old, "--output-file", file, "--force")).ExitCode);
        Assert.Contains("a.example.com", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_Json_SaysTheSame()
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("migrate", folder.Write(Reported, "old.yaml"), "--output", "json");
        JsonNode json = JsonNode.Parse(run.Output)!;
        Assert.Equal((2, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("# Made by", (string)json["policy"]!, StringComparison.Ordinal);
        Assert.Equal(("mode", 1, "dropped"), ((string)json["notes"]![0]!["key"]!, (int)json["notes"]![0]!["line"]!, (string)json["notes"]![0]!["outcome"]!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a\n")]
    [InlineData("domains: [{domain: \"a")]
    [InlineData("domains: &a []\n")]
    public async Task Migrate_FileThatIsNoConfiguration_ExitsWith1AndWritesNothing(string old)
    {
        using PolicyFolder folder = new();
        string file = Path.Combine(folder.Path, "new.yaml");
        CommandLine run = await CommandLine.RunAsync("migrate", folder.Write(old, "old.yaml"), "--output-file", file);
        Assert.Equal((1, "", false), (run.ExitCode, run.Output, File.Exists(file)));
        Assert.Contains("old.yaml:1:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_FileThatIsNotThere_ExitsWith1()
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("migrate", Path.Combine(folder.Path, "none.yaml"));
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("none.yaml: error: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_SecretInTheOldFile_IsNowhere()
    {
        using PolicyFolder folder = new();
        string old = folder.Write("domains:\n  - domain: a.example.com\n    credential: {env: A, value: canary-secret}\nemail: {accounts: [{password: canary-secret}]}\n", "old.yaml");
        CommandLine text = await CommandLine.RunAsync("migrate", old);
        CommandLine json = await CommandLine.RunAsync("migrate", old, "--json");
        Assert.DoesNotContain("canary-secret", text.Output + text.Error + json.Output + json.Error, StringComparison.Ordinal);
        Assert.Contains("old.yaml:3: dropped  domains[0].credential.value: ", text.Error, StringComparison.Ordinal);
    }
}
