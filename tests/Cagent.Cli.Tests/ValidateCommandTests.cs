// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.TestKit.Files;

namespace Cagent.Cli.Tests;

/// <summary>What <c>validate</c> says, where it says it, and its exit code: what a commit hook relies on.</summary>
public sealed class ValidateCommandTests
{
    [Fact]
    public async Task Validate_GoodFile_SaysOkAndExitsWith0()
    {
        using TemporaryFolder folder = new();
        string file = Write(folder, "version: 1\ndomains: [{domain: example.com}]\n");
        CommandLine run = await CommandLine.RunAsync("validate", file);
        Assert.Equal((0, $"{file}: ok, 1 entries", ""), (run.ExitCode, run.Output.Trim(), run.Error));
    }

    [Fact]
    public async Task Validate_SeveralErrors_NamesEachPlaceAndExitsWith1()
    {
        using TemporaryFolder folder = new();
        string file = Write(folder, "version: 1\ndomians: []\ndns: {upstream: [resolver]}\n");
        CommandLine run = await CommandLine.RunAsync("validate", file);
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains($"{file}:2:1: error CAG1007: ", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{file}:3:18: error CAG1062: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_Error_ShowsTheLineWithACaret()
    {
        using TemporaryFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("validate", Write(folder, "version: 1\ndns: {upstream: [resolver]}\n"));
        Assert.Contains("    2 | dns: {upstream: [resolver]}\n      |                  ^^^^^^^^\n", run.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Error);
    }

    [Fact]
    public async Task Validate_Json_HoldsTheDiagnostics()
    {
        using TemporaryFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("validate", Write(folder, "version: 1\ndomians: []\n"), "--output", "json");
        JsonNode json = JsonNode.Parse(run.Output)!;
        Assert.Equal((1, false, "CAG1007", 2), (run.ExitCode, (bool)json["valid"]!, (string)json["diagnostics"]![0]!["code"]!, (int)json["diagnostics"]![0]!["line"]!));
    }

    [Fact]
    public async Task Validate_WarningAlone_IsShownAndExitsWith0()
    {
        using TemporaryFolder folder = new();
        string file = Write(folder, "version: 1\ncredentials: {a: {from: env, name: A}}\n");
        CommandLine run = await CommandLine.RunAsync("validate", file);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning CAG1041", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_NoSuchFile_SaysWhichAndExitsWith1()
    {
        using TemporaryFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("validate", folder.Combine("none.yaml"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("none.yaml: error: ", run.Error, StringComparison.Ordinal);
    }

    private static string Write(TemporaryFolder folder, string text)
    {
        string file = folder.Combine("cagent.yaml");
        File.WriteAllText(file, text);
        return file;
    }
}
