// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Budgets;

/// <summary>Agents with budgets, each by an address of its own, that all may use the same three destinations. A test takes agents that no other uses.</summary>
public sealed class BudgetSite : SharedDeployment
{
    public const string Host = "budget.example.com";
    public const string PlainHost = "plain.example.com";
    public const string PinnedHost = "pinned.example.com";
    public const long MiB = 1 << 20;

    private static readonly ImmutableArray<(string Name, string Budget)> Agents =
    [
        ("three", "{requests: 3, per: month}"), ("warned", "{requests: 20, bytes: 1GiB, per: month}"), ("up", "{bytes: 8MiB, per: month}"), ("down", "{bytes: 8MiB, per: month}"),
        ("plain", "{bytes: 8MiB, per: month}"), ("pinned", "{requests: 3, bytes: 8MiB, per: month}"), ("crowd", "{bytes: 16MiB, per: month}"), ("events", "{bytes: 2MiB, per: month}"),
        ("socket", "{bytes: 2MiB, per: month}"), ("tunnel", "{bytes: 2MiB, per: month}"), ("flood", "{bytes: 64MiB, per: month}"), ("free", ""), ("denied", "{requests: 2, per: month}"),
        ("forged", "{requests: 100, per: month}"), ("announced", "{bytes: 4MiB, per: month}"), ("racers", "{requests: 50, per: month}"),
    ];

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public TlsEcho Echo { get; private set; } = null!;

    public string Url => $"https://{Host}:{Web.Port}";

    public static string AddressOf(string agent) => $"127.0.1.{Array.FindIndex([.. Agents], one => one.Name == agent) + 1}";

    public AgentProxy Of(string agent) => Deployment.Agent(AddressOf(agent));

    public ProxyHttp Http(string agent, bool http2 = false) => Deployment.Http(Of(agent), http2);

    /// <summary>What <c>status.json</c>… says of an agent, over the admin API.</summary>
    public Task<BudgetLine> UsageAsync(string agent) => BudgetLine.ReadAsync(Deployment.Cagent.StateFolder, agent);

    /// <summary>Waits until nothing of an agent runs any more, and gives what is counted.</summary>
    public async Task<BudgetLine> SettledAsync(string agent)
    {
        BudgetLine line = await UsageAsync(agent);
        await Eventually.TrueAsync(async () => (line = await UsageAsync(agent)).Held == 0, TimeSpan.FromSeconds(20), $"the end of everything of {agent}");
        return line;
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        Web = await deployment.Internet.AddHttpsAsync(Host);
        PlainWeb = await deployment.Internet.AddHttpAsync(PlainHost);
        Echo = deployment.Internet.AddTlsEcho(PinnedHost, TimeSpan.FromMilliseconds(50));
        await deployment.StartAsync(deployment.Head + "domains:\n"
            + Deployment.Entry(Host, Web, "websocket: true, deny: [\"GET /forbidden\"]")
            + Deployment.Entry(PlainHost, PlainWeb, "scheme: http")
            + Deployment.Entry(PinnedHost, Echo.Port, "tls: passthrough")
            + "agents:\n" + string.Concat(Agents.Select(agent =>
                $"  - name: {agent.Name}\n    identity: {{source: {AddressOf(agent.Name)}}}\n" + (agent.Budget.Length == 0 ? "" : $"    budget: {agent.Budget}\n"))));
    }
}
