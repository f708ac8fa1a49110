// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.TestKit.Files;

namespace Cagent.Cli.Tests;

/// <summary>The shipped profiles: listed, shown, and used by name wherever the program lies.</summary>
public sealed class ProfilesCommandTests
{
    [Fact]
    public async Task List_Text_NamesEachWithItsArguments()
    {
        CommandLine run = await CommandLine.RunAsync("profiles", "list");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("github-clone", run.Output, StringComparison.Ordinal);
        Assert.Contains("host=gitlab.com", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(".test", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Json_HasSummaryParametersAndHosts()
    {
        CommandLine run = await CommandLine.RunAsync("profiles", "list", "--output", "json");
        JsonArray profiles = JsonNode.Parse(run.Output)!["profiles"]!.AsArray();
        Assert.True(profiles.Count >= 30);
        JsonNode npm = profiles.Single(profile => (string)profile!["name"]! == "npm-readonly")!;
        Assert.NotEmpty((string)npm["summary"]!);
        Assert.Equal("${host}", (string)npm["hosts"]![0]!);
        Assert.Equal(("host", "host", true), ((string)npm["parameters"]![0]!["name"]!, (string)npm["parameters"]![0]!["type"]!, (bool)npm["parameters"]![0]!["required"]!));
        Assert.Null(npm["text"]);
    }

    [Fact]
    public async Task Show_Text_IsTheFile()
    {
        string file = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "configs", "profiles", "openai.yaml"));
        Assert.Equal(file, (await CommandLine.RunAsync("profiles", "show", "openai")).Output);
        Assert.Equal(file, (string)JsonNode.Parse((await CommandLine.RunAsync("profiles", "show", "openai", "--json")).Output)!["text"]!);
    }

    [Fact]
    public async Task Show_Misspelled_HasAHintAndExitsWith1()
    {
        CommandLine run = await CommandLine.RunAsync("profiles", "show", "opnai");
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("did you mean \"openai\"?", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_EntryOfAShippedProfile_ShowsItsLine()
    {
        using PolicyFolder folder = new();
        string file = folder.Write("version: 1\ncredentials: {mine: {from: env, name: MINE}}\nprofiles: [{use: openai, credential: mine}]\n");
        CommandLine run = await CommandLine.RunAsync("explain", "POST", "https://api.openai.com/v1/responses", "--policy", file);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("<shipped>/openai.yaml:", run.Output, StringComparison.Ordinal);
        Assert.Contains("| ", run.Output, StringComparison.Ordinal);
        Assert.Contains("- POST /v1/responses", run.Output, StringComparison.Ordinal);
        Assert.Contains("mine", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await CommandLine.RunAsync("explain", "POST", "https://api.openai.com/v1/files", "--policy", file)).ExitCode);
    }

    [Fact]
    public async Task Validate_FileWithAShippedName_IsRefusedUnlessItIsTheSame()
    {
        using PolicyFolder folder = new();
        string file = folder.Write("version: 1\nprofiles: [github-readonly]\n");
        Directory.CreateDirectory(Path.Combine(folder.Path, "profiles"));
        folder.Write((await CommandLine.RunAsync("profiles", "show", "github-readonly")).Output, "profiles/github-readonly.yaml");
        Assert.Equal(0, (await CommandLine.RunAsync("validate", file)).ExitCode);
        folder.Write("version: 1\ndomains: [{domain: api.github.com}]\n", "profiles/github-readonly.yaml");
        CommandLine run = await CommandLine.RunAsync("validate", file);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("CAG1087", run.Error, StringComparison.Ordinal);
        folder.Write("version: 1\nprofiles: [./profiles/github-readonly.yaml]\n");
        Assert.Equal(0, (await CommandLine.RunAsync("validate", file)).ExitCode);
    }
}
