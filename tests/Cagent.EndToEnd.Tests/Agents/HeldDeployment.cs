// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>Agents by address and by token with small bounds on what they hold open, and one of each kind without.</summary>
public sealed class HeldDeployment : SharedDeployment
{
    public const string Host = "all.example.com";
    public const string PinnedHost = "pinned.example.com";
    public const string PlainHost = "plain.example.com";

    public Upstream Server { get; private set; } = null!;

    public Upstream PlainServer { get; private set; } = null!;

    public TlsEcho PinnedServer { get; private set; } = null!;

    /// <summary>The proxy as the agent of a name sees it.</summary>
    public AgentProxy Of(string name) => name switch
    {
        "tunnels-address" => Deployment.Agent("127.0.0.2"),
        "streams-address" => Deployment.Agent("127.0.0.3"),
        "connections-address" => Deployment.Agent("127.0.0.4"),
        "free-address" => Deployment.Agent("127.0.0.5"),
        _ => Deployment.Agent(authorization: AgentProxy.Basic(name, $"token-of-{name}")),
    };

    protected override async Task StartAsync(Deployment deployment)
    {
        Server = await deployment.Internet.AddHttpsAsync(Host);
        PlainServer = await deployment.Internet.AddHttpAsync(PlainHost);
        PinnedServer = deployment.Internet.AddTlsEcho(PinnedHost, TimeSpan.FromMilliseconds(50));
        (string Name, string Limits)[] kinds = [("tunnels", "max_tunnels: 3"), ("streams", "max_streams: 4"), ("connections", "max_connections: 2"), ("free", "max_streams: 1000")];
        string policy = deployment.Head + "domains:\n"
            + Deployment.Entry(Host, Server, "websocket: true")
            + Deployment.Entry(PlainHost, PlainServer, "scheme: http")
            + Deployment.Entry(PinnedHost, PinnedServer.Port, "tls: passthrough")
            + "agents:\n"
            + string.Concat(kinds.Select((kind, i) =>
                $"  - name: {kind.Name}-address\n    limits: {{{kind.Limits}}}\n    identity: {{source: 127.0.0.{i + 2}}}\n"
                + $"  - name: {kind.Name}-token\n    limits: {{{kind.Limits}}}\n    identity: {{token: {{from: env, name: TOKEN_{i}}}}}\n"));
        await deployment.StartAsync(policy, new CagentOptions
        {
            Policy = policy,
            Environment = kinds.Select((kind, i) => KeyValuePair.Create($"TOKEN_{i}", $"token-of-{kind.Name}-token")).ToImmutableDictionary(),
        });
    }
}
