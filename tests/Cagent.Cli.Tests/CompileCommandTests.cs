// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json.Nodes;
using Cagent.Cli.Compiling;
using Cagent.Compiler;
using Cagent.Policy;
using Google.Protobuf;

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

    [Fact]
    public async Task Compile_PolicyWithoutLimitsAndPublishedNames_ShowsNoTableOfThem()
    {
        using PolicyFolder folder = new();
        JsonObject json = JsonNode.Parse((await CommandLine.RunAsync("compile", folder.Write(PolicyFolder.Example), "--json")).Output)!.AsObject();
        Assert.Equal(["resources", "authz"], json.Select(pair => pair.Key));
    }

    /// <summary>No command loads such a policy in this build, so that the writers are asked.</summary>
    [Fact]
    public void Write_LimitsAndNames_ShowsThem()
    {
        CompiledPolicy compiled = Compile(WholeLanguage);
        using StringWriter text = new();
        CompileCommand.Write(text, [], compiled);
        string[] lines = text.ToString().Split('\n');
        Assert.Contains(lines, line => Words(line, "a.test:443", "60", "60s", "5", "entry=a.test:443, agent=*"));
        Assert.Contains(lines, line => Words(line, "b.test:443", "ci", "10", "3600s", "entry=ci/b.test:443"));
        Assert.Contains(lines, line => Words(line, "ci", "100 requests, 2048 bytes per day", "7"));
        Assert.Contains(lines, line => Words(line, "git.devbox.local", "a.test", "every agent"));
        Assert.Contains("dns: publish coredns, ttl 30s", lines);
        JsonObject json = CompileCommand.ToJson([], compiled);
        Assert.Equal("""{"rate_limits":[{"entry":"a.test:443","requests":60,"period_seconds":60,"burst":5,"descriptor":[{"key":"entry","value":"a.test:443"},{"key":"agent","value":null}]}],"agents":[{"agent":"ci","budget":{"requests":100,"bytes":2048,"per":"day"},"max_connections":7,"max_streams":null,"max_tunnels":null,"rate_limits":[{"entry":"b.test:443","requests":10,"period_seconds":3600,"burst":10,"descriptor":[{"key":"entry","value":"ci/b.test:443"}]}]}]}""", json["limits"]!.ToJsonString());
        Assert.Equal("""{"publish":"coredns","ttl_seconds":30,"upstream":[],"names":[{"name":"a.test","alias_of":[]},{"name":"git.devbox.local","alias_of":["a.test"]}],"agents":[{"agent":"ci","quarantined":false,"own_names":[{"name":"b.test","alias_of":[]}],"hidden_aliases":[]}]}""", json["dns"]!.ToJsonString());
    }

    private const string WholeLanguage = """
        version: 1
        dns: {publish: coredns, ttl: 30s}
        domains:
          - {domain: a.test, alias: git, rate_limit: {requests: 60, per: minute, burst: 5}}
        agents:
          - name: ci
            identity: {token: {from: env, name: CI_TOKEN}}
            domains:
              - {domain: b.test, rate_limit: {requests: 10, per: hour, key: domain}}
            budget: {requests: 100, bytes: 2KiB, per: day}
            limits: {max_connections: 7}
        """;

    private static bool Words(string line, params string[] words) => words.All(word => line.Contains(word, StringComparison.Ordinal));

    private static CompiledPolicy Compile(string text)
    {
        PolicyLoadResult loaded = PolicyLoader.Load(text, "cagent.yaml", new PolicyLoadOptions { Honoured = PolicyFeatures.All });
        Assert.True(loaded.Policy is not null, string.Join('\n', loaded.Diagnostics));
        return PolicyCompiler.Compile(loaded.Policy, new CompilerInputs
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 3128),
            SystemResolvers = [new IPEndPoint(IPAddress.Loopback, 53)],
            PublicCa = ByteString.Empty,
        });
    }
}
