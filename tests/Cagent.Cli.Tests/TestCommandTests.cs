// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.TestKit.Files;

namespace Cagent.Cli.Tests;

/// <summary>What <c>test</c> reports, and its exit codes.</summary>
public sealed class TestCommandTests
{
    private const string Good = """
        allow:
          - GET https://api.example.com/v1/x
          - {request: "POST https://api.example.com/v1/items", credential: key, entry: "api.example.com:443"}
          - {request: "GET https://ro.example.com/", credential: none}
        deny:
          - GET https://evil.example/
          - {request: "PUT https://ro.example.com/", reason: read_only}

        """;

    [Fact]
    public async Task Test_EverythingAsItSays_ExitsWith0()
    {
        using PolicyFolder folder = new();
        folder.Write(PolicyFolder.Example);
        string file = folder.Write(Good, "cagent.test.yaml");
        CommandLine run = await CommandLine.RunAsync("test", folder.Path);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"ok     {file}: 5 requests", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 files, 5 requests, 0 failed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_ShippedPolicies_AllowAndDenyWhatTheirTestsSay()
    {
        CommandLine run = await CommandLine.RunAsync("test", Path.Combine(RepositoryRoot.Path, "configs"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("cagent.test.yaml", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allow: [POST https://ro.example.com/]", "should be allowed, but is denied: read_only")]
    [InlineData("deny: [GET https://ro.example.com/]", "should be denied, but is allowed by GET,HEAD,OPTIONS /**")]
    [InlineData("deny: [{request: \"PUT https://ro.example.com/\", reason: path_not_allowed}]", "should be denied with path_not_allowed, but is with read_only")]
    [InlineData("allow: [{request: \"GET https://ro.example.com/\", entry: \"x:443\"}]", "should be decided by x:443, but is by ro.example.com:443")]
    [InlineData("allow: [{request: \"GET https://api.example.com/v1\", credential: none}]", "should use the credential none, but uses key")]
    [InlineData("allow: [GET ro.example.com]", "http:// or https://")]
    public async Task Test_Difference_IsShownWithItsLineAndExitsWith2(string text, string problem)
    {
        using PolicyFolder folder = new();
        folder.Write(PolicyFolder.Example);
        string file = folder.Write(text, "cagent.test.yaml");
        CommandLine run = await CommandLine.RunAsync("test", file);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{file}:1:", run.Output, StringComparison.Ordinal);
        Assert.Contains(problem, run.Output, StringComparison.Ordinal);
        Assert.Contains("1 failed", run.Output, StringComparison.Ordinal);
        JsonNode json = JsonNode.Parse((await CommandLine.RunAsync("test", file, "--json")).Output)!;
        Assert.False((bool)json["files"]![0]!["cases"]![0]!["passed"]!);
    }

    [Fact]
    public async Task Test_NamedPolicy_IsReadRelativeToTheFile()
    {
        using PolicyFolder folder = new();
        folder.Write(PolicyFolder.Example, "other.yaml");
        CommandLine run = await CommandLine.RunAsync("test", folder.Write("policy: other.yaml\n" + Good, "cagent.test.yaml"));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Test_Profile_GetsTheArgumentsOfTheFile()
    {
        using PolicyFolder folder = new();
        folder.Write("version: 1\nparameters: {host: {type: host}, token: {type: credential, optional: true}}\ndomains: [{domain: \"${host}\", read_only: true, credential: {use: \"${token}\", header: Authorization}}]\n", "mirror.yaml");
        const string Requests = "allow: [{request: \"GET https://a.example.com/\", credential: mine}]\ndeny: [{request: \"PUT https://a.example.com/\", reason: read_only}]\n";
        string file = folder.Write("profile: {use: mirror.yaml, host: a.example.com, token: mine}\n" + Requests, "mirror.test.yaml");
        CommandLine run = await CommandLine.RunAsync("test", file);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        folder.Write("profile: {use: mirror.yaml, host: a.example.com}\n" + Requests, "mirror.test.yaml");
        Assert.Contains("should use the credential mine, but uses none", (await CommandLine.RunAsync("test", file)).Output, StringComparison.Ordinal);
        folder.Write("profile: mirror.yaml\n" + Requests, "mirror.test.yaml");
        CommandLine broken = await CommandLine.RunAsync("test", file);
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains($"{file}:1:10: error CAG1085", broken.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policy: a.yaml\nprofile: b.yaml\nallow: [GET https://a.test/]", "error CAG1015", "cannot stand beside \"policy\"")]
    [InlineData("overlays: prod.yaml\nallow: [GET https://a.test/]", "error CAG1012", "\"overlays\" wants a list")]
    [InlineData("alow: [GET https://a.test/]", "error CAG1007", "did you mean \"allow\"")]
    [InlineData("allow: []", "error CAG1013", "the file holds no request")]
    [InlineData("allow: [https://a.test/]", "error CAG1030", "a request is METHOD URL")]
    [InlineData("allow: [{agent: x}]", "error CAG1013", "\"request\" is missing")]
    [InlineData("policy: none.yaml\nallow: [GET https://a.test/]", "none.yaml: error", "none.yaml")]
    public async Task Test_BrokenFile_SaysWhyAndExitsWith1(string text, string code, string message)
    {
        using PolicyFolder folder = new();
        folder.Write(PolicyFolder.Example);
        CommandLine run = await CommandLine.RunAsync("test", folder.Write(text, "cagent.test.yaml"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(code, run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_NoTestFile_ExitsWith1()
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("test", folder.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no *.test.yaml in", run.Error, StringComparison.Ordinal);
    }
}
