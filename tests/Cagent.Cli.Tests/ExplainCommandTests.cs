// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Cagent.Cli.Tests;

/// <summary>What <c>explain</c> names, and its exit codes.</summary>
public sealed class ExplainCommandTests
{
    [Fact]
    public async Task Explain_Allowed_NamesEntryLineCredentialAndLimits()
    {
        using PolicyFolder folder = new();
        string file = folder.Write(PolicyFolder.Example);
        CommandLine run = await CommandLine.RunAsync("explain", "GET", "https://api.example.com/v1/x", "--policy", file);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("allowed  GET https://api.example.com/v1/x", run.Output, StringComparison.Ordinal);
        Assert.All(
            [$"api.example.com:443 at {file}:4:5", $"GET /v1/** at {file}:6:9", "    6 |       - GET /v1/**", "      |         ^", "key, as authorization: Bearer {value}", "timeout 30s"],
            part => Assert.Contains(part, run.Output, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Theory]
    [InlineData("POST", "https://api.example.com/v1/x", "method_not_allowed", "add under allow of the entry at", "- \"POST /v1/x\"")]
    [InlineData("GET", "https://api.example.com/v1/secret/x", "path_not_allowed", "remove or narrow the deny line at", ":8:12: * /v1/secret/**")]
    [InlineData("GET", "https://new.example.com/a", "host_not_allowed", "add under domains:", "- {domain: new.example.com, allow: [\"GET /a\"]}")]
    [InlineData("PUT", "https://ro.example.com/a", "read_only", "replace read_only of the entry at", "\"PUT /a\"")]
    [InlineData("TRACE", "https://ro.example.com/a", "method_not_allowed", "never allowed", "no edit of an entry can allow")]
    public async Task Explain_Denied_SaysWhyAndTheSmallestChange(string method, string url, string reason, string instruction, string yaml)
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("explain", method, url, "--policy", folder.Write(PolicyFolder.Example));
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"denied {reason}  {method} {url}", run.Output, StringComparison.Ordinal);
        Assert.Contains(instruction, run.Output, StringComparison.Ordinal);
        Assert.Contains(yaml, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_DeniedByAShippedProfile_PointsToAnOverlay_WhichThenAllows()
    {
        using PolicyFolder folder = new();
        string file = folder.Write("version: 1\nprofiles: [{use: npm-readonly, host: npm.mirror.example}]\n");
        string[] explain = ["explain", "PUT", "https://npm.mirror.example/left-pad", "--policy", file];

        CommandLine denied = await CommandLine.RunAsync(explain);
        Assert.Equal(2, denied.ExitCode);
        Assert.Contains(
            "to allow    copy the entry from `cagent profiles show npm-readonly` into an overlay (--overlay), and there replace read_only",
            denied.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);

        string overlay = folder.Write("version: 1\ndomains: [{domain: npm.mirror.example, allow: [\"GET,HEAD,OPTIONS /**\", \"PUT /left-pad\"]}]\n", "overlay.yaml");
        Assert.Equal(0, (await CommandLine.RunAsync([.. explain, "--overlay", overlay])).ExitCode);
    }

    [Fact]
    public async Task Explain_Json_HoldsTheWholeDecision()
    {
        using PolicyFolder folder = new();
        string file = folder.Write(PolicyFolder.Example);
        JsonNode allowed = JsonNode.Parse((await CommandLine.RunAsync("explain", "GET", "https://api.example.com/v1/x", "--policy", file, "--json")).Output)!;
        Assert.Equal((true, "api.example.com:443", "GET /v1/**", "key"), ((bool)allowed["allowed"]!, (string)allowed["entry"]!["name"]!, (string)allowed["rule"]!["text"]!, (string)allowed["credential"]!["name"]!));
        JsonNode denied = JsonNode.Parse((await CommandLine.RunAsync("explain", "GET", "https://x.test/", "--policy", file, "--output", "json")).Output)!;
        Assert.Equal((false, "host_not_allowed", "AddEntry"), ((bool)denied["allowed"]!, (string)denied["reason"]!, (string)denied["changes"]![0]!["kind"]!));
    }

    [Fact]
    public async Task Explain_PassedThrough_SaysThatNothingIsSeen()
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("explain", "CONNECT", "db.example.com:5432", "--policy", folder.Write(PolicyFolder.Example));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("passed through unopened", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "api.example.com", "http:// or https://")]
    [InlineData("GET", "https://api.example.com/", "knows no agent \"ci\"", "--agent", "ci")]
    public async Task Explain_NoQuestion_SaysWhyAndExitsWith1(string method, string url, string problem, params string[] more)
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync(["explain", method, url, "--policy", folder.Write(PolicyFolder.Example), .. more]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_InvalidPolicy_ShowsTheErrorWithItsLine()
    {
        using PolicyFolder folder = new();
        string file = folder.Write("version: 1\ndomians: []\n");
        CommandLine run = await CommandLine.RunAsync("explain", "GET", "https://api.example.com/", "--policy", file);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{file}:2:1: error CAG1007", run.Error, StringComparison.Ordinal);
        Assert.Contains("    2 | domians: []", run.Error, StringComparison.Ordinal);
    }
}
