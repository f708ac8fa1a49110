// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;
using Cagent.Policy;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Two agents by address, two by token, one by both, and one of each kind in quarantine. Three of them see an entry of their own in the
/// place of a shared one, each with a credential of its own.
/// </summary>
public sealed class AgentsDeployment : SharedDeployment
{
    /// <summary>The shared entry has a credential; blue's and ci's own hide it.</summary>
    public const string Shadowed = "shadowed.example.com";
    public const string Shared = "shared.example.com";
    /// <summary>Two requests an hour for each agent; for ci, by its own entry, one.</summary>
    public const string Limited = "limited.example.com";
    public const string OfBlue = "blue.example.com";
    public const string OfCi = "ci.example.com";

    /// <summary>Inside the shared wildcard; ci has an entry of its own.</summary>
    public const string InWildcard = "own.wild.example.com";
    public const string Plain = "plain.example.com";
    public const string Pinned = "pinned.example.com";
    public const string PinnedOfCi = "pinned-ci.example.com";

    /// <summary>Passed through for everybody but ci, who is inspected there.</summary>
    public const string PinnedForOthers = "pinned-others.example.com";

    public const string BlueAddress = "127.0.0.2";
    public const string GreenAddress = "127.0.0.3";
    public const string StoppedAddress = "127.0.0.4";
    public const string BothAddress = "127.0.0.5";
    public const string UnknownAddress = "127.0.0.9";

    public const string CiToken = "ci-token-4e0b9d2f77";
    public const string NightToken = "night-token-c81f02a6:with:colons";
    public const string BothToken = "both-token-1d63fa9905";
    public const string StoppedToken = "stopped-token-77aa3c10";

    public const string CommonSecret = "secret-of-everybody-10";
    public const string BlueSecret = "secret-of-blue-20";
    public const string CiSecret = "secret-of-ci-30";

    /// <summary>The evaluator's table of the same text.</summary>
    public AuthzTable Table { get; private set; } = AuthzTable.Empty;

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public TlsEcho PinnedServer { get; private set; } = null!;

    public AgentProxy Blue => Deployment.Agent(BlueAddress);

    public AgentProxy Green => Deployment.Agent(GreenAddress);

    public AgentProxy Ci => Deployment.Agent(authorization: AgentProxy.Basic("ci", CiToken));

    public AgentProxy Night => Deployment.Agent(authorization: "Bearer " + NightToken);

    public AgentProxy Both => Deployment.Agent(BothAddress, AgentProxy.Basic("", BothToken));

    public AgentProxy Stopped => Deployment.Agent(StoppedAddress);

    public AgentProxy StoppedByToken => Deployment.Agent(authorization: AgentProxy.Basic("halted", StoppedToken));

    public AgentProxy Nobody => Deployment.Agent(UnknownAddress);

    /// <summary>The agent of a name.</summary>
    public AgentProxy Of(string name) => name switch
    {
        "blue" => Blue,
        "green" => Green,
        "ci" => Ci,
        "night" => Night,
        "both" => Both,
        "stopped" => Stopped,
        "halted" => StoppedByToken,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    protected override async Task StartAsync(Deployment deployment)
    {
        string[] names = [Shadowed, Shared, Limited, OfBlue, OfCi, InWildcard, PinnedForOthers];
        Web = await deployment.Internet.AddHttpsAsync(Shadowed, certificateNames: names);
        PlainWeb = await deployment.Internet.AddHttpAsync(Plain);
        PinnedServer = deployment.Internet.AddTlsEcho(Pinned);
        foreach (string name in (string[])[.. names, "x.wild.example.com"])
        {
            deployment.Internet.Dns.Set(name, Web.EndPoint.Address);
        }

        deployment.Internet.Dns.Set(PinnedOfCi, PinnedServer.EndPoint.Address);
        string policy = Policy(deployment);
        PolicyLoadResult loaded = PolicyLoader.Load(policy, "cagent.yaml");
        Assert.True(loaded.Policy is not null, string.Join('\n', loaded.Diagnostics));
        Table = AuthzTable.From(loaded.Policy);
        await deployment.StartAsync(policy, new CagentOptions
        {
            Policy = policy,
            Environment = new Dictionary<string, string>
            {
                ["COMMON_SECRET"] = CommonSecret, ["BLUE_SECRET"] = BlueSecret, ["CI_SECRET"] = CiSecret,
                ["CI_TOKEN"] = CiToken, ["NIGHT_TOKEN"] = NightToken, ["BOTH_TOKEN"] = BothToken, ["STOPPED_TOKEN"] = StoppedToken,
            }.ToImmutableDictionary(),
        });
    }

    private string Policy(Deployment deployment) => deployment.Head
        + "  common: {from: env, name: COMMON_SECRET}\n  of-blue: {from: env, name: BLUE_SECRET}\n  of-ci: {from: env, name: CI_SECRET}\n"
        + "domains:\n"
        + Deployment.Entry(Shadowed, Web, Use("common"))
        + Deployment.Entry(Shared, Web, "allow: [\"GET /**\"]")
        + Deployment.Entry(Limited, Web, "rate_limit: {requests: 2, per: hour, key: agent}")
        + $"  - {{domain: \"*.wild.example.com\", port: {Web.Port}, read_only: true}}\n"
        + Deployment.Entry(Plain, PlainWeb, "scheme: http, allow: [\"GET /upload\"]")
        + Deployment.Entry(Pinned, PinnedServer.Port, "tls: passthrough")
        + Deployment.Entry(PinnedForOthers, Web, "tls: passthrough")
        + "agents:\n"
        + Agent("blue", $"source: {BlueAddress}")
        + Own(Shadowed, Web, Use("of-blue"))
        + Own(OfBlue, Web, "")
        + Agent("green", $"source: {GreenAddress}", "[]")
        + Agent("ci", "token: {from: env, name: CI_TOKEN}")
        + Own(Shadowed, Web, Use("of-ci") + ", deny: [\"GET /denied-to-ci\"]")
        + Own(OfCi, Web, "")
        + Own(Limited, Web, "rate_limit: {requests: 1, per: hour}")
        + Own(InWildcard, Web, "allow: [\"POST /upload\"]")
        + Own(Plain, PlainWeb, $"scheme: http, websocket: true, allow: [\"POST /upload\", \"GET /ws\"], credential: {{use: of-ci, header: Authorization, insecure_credential: true}}")
        + $"      - {{domain: {PinnedOfCi}, port: {PinnedServer.Port}, addresses: [127.0.0.0/8], tls: passthrough}}\n"
        + Own(PinnedForOthers, Web, Use("of-ci"))
        + Agent("night", "token: {from: env, name: NIGHT_TOKEN}", "[]")
        + Agent("both", $"token: {{from: env, name: BOTH_TOKEN}}, source: {BothAddress}", "[]")
        + Agent("stopped", $"source: {StoppedAddress}", "[]", "quarantined: true")
        + Agent("halted", "token: {from: env, name: STOPPED_TOKEN}", "[]", "quarantined: true");

    private static string Use(string credential) => $"credential: {{use: {credential}, header: Authorization}}";

    private static string Agent(string name, string identity, string domains = "", string more = "enabled: true") =>
        $"  - name: {name}\n    {more}\n    identity: {{{identity}}}\n    domains: {domains}\n";

    private static string Own(string host, Upstream upstream, string more) => "    " + Deployment.Entry(host, upstream, more);
}
