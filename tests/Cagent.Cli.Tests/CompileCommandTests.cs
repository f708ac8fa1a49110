// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace Cagent.Cli.Tests;

/// <summary>What <c>compile</c> shows.</summary>
public sealed class CompileCommandTests
{
    [Fact]
    public async Task Compile_Policy_ListsResourcesAndTheTable()
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("compile", folder.Write(PolicyFolder.Example));
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.All(["RouteConfiguration", "Listener", "entry: \"api.example.com:443\""], part => Assert.Contains(part, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compile_Json_HoldsEachResourceInFull()
    {
        using PolicyFolder folder = new();
        CommandLine run = await CommandLine.RunAsync("compile", folder.Write(PolicyFolder.Example), "--output", "json");
        JsonArray resources = JsonNode.Parse(run.Output)!["resources"]!.AsArray();
        Assert.All(resources, resource => Assert.StartsWith("type.googleapis.com/envoy.", (string)resource!["type"]!, StringComparison.Ordinal));
        Assert.Contains(resources, resource => resource!["resource"]!["virtual_hosts"] is JsonArray { Count: > 0 });
    }

    [Fact]
    public async Task Compile_OneResource_IsTheOnlyOne()
    {
        using PolicyFolder folder = new();
        string file = folder.Write(PolicyFolder.Example);
        JsonNode json = JsonNode.Parse((await CommandLine.RunAsync("compile", file, "--resource", "web", "--json")).Output)!;
        Assert.Equal("web", (string)Assert.Single(json["resources"]!.AsArray())!["name"]!);
        CommandLine none = await CommandLine.RunAsync("compile", file, "--resource", "nothing");
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("no resource is called \"nothing\"", none.Error, StringComparison.Ordinal);
    }
}
