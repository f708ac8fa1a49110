// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Guarantee: while the policy names two tokens of an agent either is taken, so that clients change over without a failed request; once the
/// old one is out of the policy it is nobody's.
/// </summary>
public sealed class TokenRotationTests
{
    private const string Host = "rotated.example.com";
    private const string Old = "old-token-5f1c09be";
    private const string New = "new-token-a04477d2";
    private const string OldSource = "{from: env, name: OLD_TOKEN}";
    private const string NewSource = "{from: env, name: NEW_TOKEN}";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [EnvoyFact]
    public async Task Rotate_WhileRequestsFlow_FailsNone()
    {
        await using Deployment deployment = new();
        Upstream server = await deployment.Internet.AddHttpsAsync(Host);
        string policy = Policy(deployment, server, OldSource);
        await deployment.StartAsync(policy, new CagentOptions
        {
            Policy = policy,
            Environment = new Dictionary<string, string> { ["OLD_TOKEN"] = Old, ["NEW_TOKEN"] = New }.ToImmutableDictionary(),
        });
        Uri target = new($"https://{Host}:{server.Port}/status/200");
        AgentProxy old = deployment.Agent(authorization: "Bearer " + Old);
        AgentProxy changed = deployment.Agent(authorization: AgentProxy.Basic("ci", New));
        RequestFlow coming = new(() => deployment.Http(old), target);
        RequestFlow open = new(deployment.Http(old, http2: true), target);
        await Eventually.TrueAsync(() => coming.Count > 5 && open.Count > 5, Limit, "requests flow");
        Assert.False(await IsTakenAsync(changed, server));

        deployment.Cagent.WritePolicy(Policy(deployment, server, $"[{OldSource}, {NewSource}]"));
        await Eventually.TrueAsync(() => IsTakenAsync(changed, server), Limit, "the new token is taken");
        Assert.True(await IsTakenAsync(old, server));
        coming.Change(() => deployment.Http(changed));
        await coming.WaitAsync(10, Limit);

        deployment.Cagent.WritePolicy(Policy(deployment, server, NewSource));
        await Eventually.TrueAsync(async () => !await IsTakenAsync(old, server), Limit, "the old token is not taken");
        await Task.WhenAll(coming.WaitAsync(20, Limit), open.WaitAsync(20, Limit));
        Assert.False(await IsTakenAsync(old, server));

        Assert.Empty(await coming.EndAsync());
        Assert.Empty(await open.EndAsync());
    }

    private static string Policy(Deployment deployment, Upstream server, string token) =>
        deployment.Head + "domains:\n" + Deployment.Entry(Host, server) + $"agents:\n  - name: ci\n    identity: {{token: {token}}}\n";

    private static async Task<bool> IsTakenAsync(AgentProxy agent, Upstream server)
    {
        await using RawTunnel tunnel = await new RawProxy(agent).ConnectAsync($"{Host}:{server.Port}");
        if (tunnel.Response.Status != 200)
        {
            Denial.Of(tunnel.Response).ShouldBe(407, "agent_unknown");
        }

        return tunnel.Response.Status == 200;
    }
}
