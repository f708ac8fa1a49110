// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Interception;

/// <summary>One inspected API, one name in another alphabet, and a wildcard that any number of names match. Leaves are told of in the log.</summary>
public class LeafDeployment : SharedDeployment
{
    public const string Host = "api.leaf.example.com";
    public const string International = "bücher.leaf.example.com";
    public const string InternationalAscii = "xn--bcher-kva.leaf.example.com";
    public const string Wildcard = "wild.leaf.example.com";

    public Upstream Api { get; private set; } = null!;

    protected virtual string LogLevel => "debug";

    /// <summary>How many lines of the log hold a text.</summary>
    public int CountOf(string text) => Deployment.Cagent.Lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits until the log has told of the API's own leaf, so that it is not among what a test counts.</summary>
    public async Task WarmAsync()
    {
        Assert.Equal(200, await GetAsync());
        await Eventually.TrueAsync(() => CountOf($"Minted a leaf for {Host}") > 0, TimeSpan.FromSeconds(10), "the API's leaf in the log");
    }

    /// <summary>A request to the API over a new connection.</summary>
    public async Task<int> GetAsync()
    {
        using ProxyHttp http = Deployment.Http();
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{Host}:{Api.Port}/status/200");
        return (int)response.StatusCode;
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        Api = await deployment.Internet.AddHttpsAsync(Host);
        string policy = deployment.Head + "domains:\n" + Deployment.Entry(Host, Api)
            + $"  - {{domain: \"{International}\"}}\n  - {{domain: \"*.{Wildcard}\"}}\n";
        await deployment.StartAsync(policy, new CagentOptions { Policy = "", Arguments = ["--log-level", LogLevel, "--envoy-concurrency", "2"] });
    }
}
