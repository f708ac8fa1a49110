// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>Two agents that hold placeholders for the same credential in each place, and one of them for another of its own.</summary>
public sealed class PlaceholderDeployment : SharedDeployment
{
    public const string Parameter = "api_key";
    public const string Bearer = "bearer.example.com";
    public const string Basic = "basic.example.com";
    public const string Query = "query.example.com";
    public const string Several = "several.example.com";
    public const string Own = "own.example.com";
    public const string Open = "open.example.com";
    public const string Always = "always.example.com";
    public const string BlueSecret = "secret-of-blue-alone-77";

    /// <summary>What <c>cagent placeholders</c> prints.</summary>
    private JsonElement[] _printed = [];

    public Upstream Web { get; private set; } = null!;

    public AgentProxy Blue => Deployment.Agent("127.0.0.2");

    public AgentProxy Green => Deployment.Agent("127.0.0.3");

    /// <summary>What an agent holds for an entry: the operator prints it with <c>cagent placeholders</c>.</summary>
    public string PlaceholderOf(string agent, string host) => _printed.Single(one => one.GetProperty("agent").GetString() == agent
        && one.GetProperty("entries").EnumerateArray().Any(entry => entry.GetString() == $"{host}:{Web.Port}")).GetProperty("placeholder").GetString()!;

    protected override async Task StartAsync(Deployment deployment)
    {
        string[] names = [Bearer, Basic, Query, Several, Own, Open, Always];
        Web = await deployment.Internet.AddHttpsAsync(Bearer, certificateNames: names);
        foreach (string name in names)
        {
            deployment.Internet.Dns.Set(name, Web.EndPoint.Address);
        }

        string policy = deployment.Head + "  of-blue: {from: env, name: BLUE_SECRET}\ndomains:\n"
            + Entry(Bearer, "header: Authorization, format: \"Bearer {value}\", placeholder_format: \"ghp_{36}\"")
            + Entry(Basic, "in: basic, username: robot")
            + Entry(Query, $"in: query, parameter: {Parameter}")
            + Entry(Several, "headers: {X-Api-Key: \"{value}\", Authorization: \"Bearer {value}\"}")
            + Entry(Own, "header: Authorization")
            + Deployment.Entry(Open, Web)
            + Deployment.Entry(Always, Web, "credential: {use: canary, header: X-Api-Key}")
            + "agents:\n  - name: blue\n    identity: {source: 127.0.0.2}\n    domains:\n    "
            + Entry(Own, "header: Authorization", "of-blue")
            + "  - name: green\n    identity: {source: 127.0.0.3}\n    domains: []\n";
        await deployment.StartAsync(policy, new CagentOptions { Policy = policy, Environment = new Dictionary<string, string> { ["BLUE_SECRET"] = BlueSecret }.ToImmutableDictionary() });
        await using RunningProcess command = RunningProcess.Start(CagentProcess.DefaultExecutable, ["placeholders", deployment.Cagent.PolicyFile, "--state", deployment.Cagent.StateFolder, "--json"]);
        Assert.Equal(0, await command.WaitForExitAsync(TimeSpan.FromSeconds(60)));
        _printed = [.. JsonDocument.Parse(string.Join('\n', command.Lines.Where(line => !line.IsError).Select(line => line.Text))).RootElement.EnumerateArray()];
    }

    private string Entry(string host, string place, string credential = "canary") => Deployment.Entry(host, Web, $"credential: {{use: {credential}, placeholder: true, {place}}}");
}
