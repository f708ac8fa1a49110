// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>Entries with limits that the rate-limit service counts, for agents by address and by token.</summary>
public sealed class GlobalLimitDeployment : SharedDeployment
{
    public const string OfAgent = "agent.example.com";
    public const string OfDomain = "domain.example.com";
    public const string Plain = "plain.example.com";
    public const string Pinned = "pinned.example.com";
    public const string Refilled = "refilled.example.com";

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public TlsEcho Echo { get; private set; } = null!;

    public AgentProxy Blue => Deployment.Agent("127.0.0.2");

    public AgentProxy Green => Deployment.Agent("127.0.0.3");

    public AgentProxy Ci => Deployment.Agent(authorization: AgentProxy.Basic("ci", "token-of-ci-0001"));

    protected override async Task StartAsync(Deployment deployment)
    {
        string[] names = [OfAgent, OfDomain, Refilled];
        Web = await deployment.Internet.AddHttpsAsync(OfAgent, certificateNames: names);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        Echo = deployment.Internet.AddTlsEcho(Pinned);
        foreach (string name in names)
        {
            deployment.Internet.Dns.Set(name, Web.EndPoint.Address);
        }

        string policy = deployment.Head + "domains:\n"
            + Deployment.Entry(OfAgent, Web, "rate_limit: {requests: 3, per: day, scope: global}")
            + Deployment.Entry(OfDomain, Web, "rate_limit: {requests: 3, per: hour, key: domain, scope: global}")
            + Deployment.Entry(Refilled, Web, "rate_limit: {requests: 2, per: second, scope: global}")
            + Deployment.Entry(Plain, PlainWeb, "scheme: http, rate_limit: {requests: 3, per: day, key: domain, scope: global}")
            + Deployment.Entry(Pinned, Echo.Port, "tls: passthrough, rate_limit: {requests: 3, per: day, key: domain, scope: global}")
            + "agents:\n  - {name: blue, identity: {source: 127.0.0.2}}\n  - {name: green, identity: {source: 127.0.0.3}}\n  - {name: ci, identity: {token: {from: env, name: CI_TOKEN}}}\n";
        await deployment.StartAsync(policy, new CagentOptions
        {
            Policy = policy,
            Environment = new Dictionary<string, string> { ["CI_TOKEN"] = "token-of-ci-0001" }.ToImmutableDictionary(),
        });
    }
}
