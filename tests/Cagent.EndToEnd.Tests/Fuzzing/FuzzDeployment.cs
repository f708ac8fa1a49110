// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Compiler.Authz;
using Cagent.Policy;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Fuzzing;

/// <summary>Entries with rules in front of servers that keep every byte, a canary for everything else, and the evaluator's table of the same text.</summary>
public sealed class FuzzDeployment : SharedDeployment
{
    public const string Rules = "api.example.com";
    public const string Keyed = "key.example.com";
    public const string ReadOnly = "ro.example.com";
    public const string Plain = "plain.example.com";
    public const string Evil = "evil.example.com";

    /// <summary>The hosts into whose tunnels requests are sent.</summary>
    public static string[] Tunnels { get; } = [Rules, Keyed, ReadOnly];

    /// <summary>The table that the evaluator asks.</summary>
    public AuthzTable Table { get; private set; } = AuthzTable.Empty;

    public ExactServer Web { get; private set; } = null!;

    public ExactServer PlainWeb { get; private set; } = null!;

    /// <summary>At the address of everything that is not allowed.</summary>
    public Canary Canary { get; private set; } = null!;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (Web is not null)
        {
            await Web.DisposeAsync();
            await PlainWeb.DisposeAsync();
        }
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        Web = ExactServer.Start(deployment.Internet.Issue([.. Tunnels]));
        PlainWeb = ExactServer.Start();
        Canary = deployment.Internet.AddCanary(Evil);
        foreach (string name in (string[])[.. Tunnels, Plain])
        {
            deployment.Internet.Dns.Set(name, IPAddress.Loopback);
        }

        string policy = deployment.Head + "domains:\n"
            + Deployment.Entry(Rules, Web.Port, "allow: [\"GET,HEAD /v1/**\", \"POST /v1/items\", \"PUT /v1/*/x\"], deny: [\"* /v1/secret/**\"]")
            + Deployment.Entry(Keyed, Web.Port, "allow: [\"GET,POST /v1/**\"], deny: [\"* /v1/secret/**\"], credential: {use: canary, header: Authorization, format: \"Bearer {value}\"}")
            + Deployment.Entry(ReadOnly, Web.Port, "read_only: true, deny: [\"GET /secret/**\"]")
            + Deployment.Entry(Plain, PlainWeb.Port, "scheme: http, allow: [\"GET,POST /v1/**\"], deny: [\"* /v1/secret/**\"]");
        await deployment.StartAsync(policy);
        PolicyLoadResult loaded = PolicyLoader.Load(policy, "cagent.yaml");
        Assert.True(loaded.Policy is not null, string.Join('\n', loaded.Diagnostics));
        Table = AuthzTable.From(loaded.Policy);
    }
}
