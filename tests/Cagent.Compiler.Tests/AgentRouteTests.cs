// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Cagent.Domains;
using Envoy.Config.Listener.V3;
using Envoy.Config.Rbac.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Rbac.V3;

namespace Cagent.Compiler.Tests;

/// <summary>
/// Invariant 1 for policies with agents: for each agent Envoy's routes find the entry of the table, its rules let that agent through, and no
/// agent is let through to another's own.
/// </summary>
public sealed class AgentRouteTests
{
    private const int Policies = 300;

    private static readonly string[] Patterns =
        ["example.com", "a.example.com", "b.a.example.com", "*.example.com", "**.example.com", "*.a.example.com", "**.a.example.com", "**.b.a.example.com"];

    private static readonly string[] Hosts =
        ["example.com", "a.example.com", "x.example.com", "b.a.example.com", "x.a.example.com", "c.b.a.example.com", "x.b.a.example.com", "y.x.b.a.example.com", "other.example.net"];

    private static readonly string[] Kinds = ["", "", ", scheme: http", ", tls: passthrough"];
    private static readonly int[] Ports = [443, 8443];

    [Fact]
    public void Routes_AnyAgentAndHost_AreThoseOfTheTable()
    {
        Random random = new(20261123);
        Dictionary<(bool IsOwn, EntryKind Kind), int> found = [];
        for (int policy = 0; policy < Policies; policy++)
        {
            string text = Text(random);
            CompiledPolicy compiled = GoldenCase.CompileAll(text);
            Dictionary<string, EnvoyMatcher> hops = compiled.Resources.Select(resource => resource.Message).OfType<RouteConfiguration>().ToDictionary(routes => routes.Name, routes => new EnvoyMatcher(routes));
            foreach (AuthzAgent agent in compiled.Authz.Agents)
            {
                foreach (string host in Hosts)
                {
                    foreach (int port in Ports)
                    {
                        Compare(agent, host, port, hops, found, text);
                    }
                }
            }
        }

        Assert.All(from isOwn in (bool[])[false, true] from kind in Enum.GetValues<EntryKind>() select (isOwn, kind), one => Assert.InRange(found.GetValueOrDefault(one), 100, int.MaxValue));
    }

    /// <summary>Invariant 5: who the agents are stands in the listeners, and nothing of what they may do.</summary>
    [Fact]
    public void Listeners_SameAgents_AreTheSameBytes()
    {
        Random random = new(7);
        Assert.Single(Enumerable.Range(0, 20).Select(_ => string.Concat(GoldenCase.CompileAll(Text(random)).Resources.Where(resource => resource.Type == Listener.Descriptor).Select(resource => resource.Body.ToBase64()))).Distinct());
    }

    /// <summary>Disabling the last agent must not turn everybody into the anonymous one.</summary>
    [Theory]
    [InlineData("agents: []\n")]
    [InlineData("agents:\n  - {name: ci, enabled: false, identity: {source: 172.30.0.1}}\n")]
    public void Compile_AgentsButNoneEnabled_LetsNobodyIn(string agents)
    {
        CompiledPolicy compiled = GoldenCase.CompileAll("version: 1\ndomains:\n  - {domain: a.example.com}\n" + agents);

        Assert.True(compiled.Authz.HasDeclaredAgents);
        Assert.Empty(compiled.Authz.Agents);
        Listener fwd = compiled.Resources.Select(resource => resource.Message).OfType<Listener>().Single(listener => listener.Name == "fwd");
        Assert.Empty(fwd.FilterChains);
        Assert.Equal("agent/token@", fwd.DefaultFilterChain.Name);
        Assert.Equal(PolicyFinding.UnknownAgent, PolicyEvaluator.Evaluate(compiled.Authz, new PolicyRequest("anonymous", RequestWay.Tunnel, "CONNECT", "a.example.com:443", "")).Finding);
    }

    /// <summary>What must hold beside the address or the token, and cannot be checked, must not pass for checked.</summary>
    [Theory]
    [InlineData("{source: 172.30.0.1, container_label: {a: b}}")]
    [InlineData("{token: {from: env, name: T}, spiffe: \"spiffe://example.org/a\", container_label: {a: b}}")]
    [InlineData("{listener: batch, container_label: {a: b}}")]
    public void Compile_IdentityThatIsNotCheckedWhole_IsRecognisedByNothing(string identity)
    {
        CompiledPolicy compiled = GoldenCase.CompileAll("version: 1\nagents:\n  - name: ci\n    identity: " + identity + "\n");

        Assert.Null(Assert.Single(compiled.Authz.Agents).Recognition);
        Assert.Empty(compiled.Authz.PresentingAgents);
        Assert.Empty(compiled.Resources.Select(resource => resource.Message).OfType<Listener>().Single(listener => listener.Name == "fwd").FilterChains);
    }

    [Fact]
    public void FindAgent_DisabledName_IsNobodysWhateverPrefixTakesItIn()
    {
        AuthzTable table = GoldenCase.CompileAll("""
            version: 1
            agents:
              - {name: "research-*", identity: {source: 172.30.0.0/24}}
              - {name: research-blue, enabled: false, identity: {source: 172.30.1.1}}
              - {name: "research-old-*", enabled: false, identity: {source: 172.30.1.2}}
              - {name: research-red, enabled: false, identity: {source: 172.30.1.3}}
              - {name: research-red, identity: {source: 172.30.1.4}}
            """).Authz;

        Assert.Equal("research-*", table.FindAgent("research-green")?.Name);
        Assert.Null(table.FindAgent("research-blue"));
        Assert.Null(table.FindAgent("research-old-1"));
        Assert.Equal("research-red", table.FindAgent("research-red")?.Name);
        Assert.Equal(PolicyFinding.UnknownAgent, PolicyEvaluator.Evaluate(table, new PolicyRequest("research-blue", RequestWay.Tunnel, "CONNECT", "a.example.com:443", "")).Finding);
        // What the proxy carries is the name as written, and no prefix takes in what is not one.
        Assert.Equal("research-*", table.FindDeclared("research-*")?.Name);
        Assert.Null(table.FindDeclared("research-green"));
    }

    private static void Compare(AuthzAgent agent, string host, int port, Dictionary<string, EnvoyMatcher> hops, Dictionary<(bool IsOwn, EntryKind Kind), int> found, string policy)
    {
        Assert.True(HostName.TryParse(host, out HostName? name, out _) & Port.TryCreate(port, out Port number));
        AuthzEntry? entry = agent.Find(name!, number);
        string authority = $"{host}:{port}";
        (string Hop, bool IsConnect, EntryKind[] Kinds)[] ways =
            [("fwd", true, [EntryKind.Inspected, EntryKind.Pinned]), ("fwd", false, [EntryKind.Plain]), ("web", false, [EntryKind.Inspected]), ("dial", true, [EntryKind.Pinned])];
        foreach ((string hop, bool isConnect, EntryKind[] kinds) in ways)
        {
            Route? route = hops[hop].FindRoute(authority, isConnect, agent.Name);
            Dictionary<string, string> state = new() { ["cagent.agent"] = agent.Name, ["cagent.known"] = "agent", ["cagent.connect"] = authority, ["cagent.reach"] = "reach" };
            if (entry is not null)
            {
                state["cagent.route"] = entry.RouteId;
            }

            bool isAllowed = route is not null && Allows(route, state);
            string what = $"{agent.Name} {hop} {authority}: the table says {entry?.Id}, Envoy {route?.Name} (allowed: {isAllowed})\n{policy}";
            Assert.False(route is not null && isAllowed && route.Name.Contains('/', StringComparison.Ordinal) && !route.Name.EndsWith("/" + agent.Name, StringComparison.Ordinal), what);
            if (entry is not null && kinds.Contains(entry.Kind))
            {
                Assert.True(isAllowed && route!.Name == entry.Id, what);
                found[(entry.Owner is not null, entry.Kind)] = found.GetValueOrDefault((entry.Owner is not null, entry.Kind)) + 1;
                // Nobody whom ext_authz did not name, and none but the agent of an own entry.
                Assert.False(Allows(route, new Dictionary<string, string> { ["cagent.connect"] = authority, ["cagent.route"] = entry.RouteId }), what);
                Assert.False(entry.Owner is not null && Allows(route, new Dictionary<string, string>(state) { ["cagent.agent"] = "other" }), what);
            }
            else if (hop == "fwd")
            {
                Assert.False(isAllowed, what);
            }
        }
    }

    /// <summary>RBAC as Envoy reads it; the condition of wildcards, which compares names, is not looked at.</summary>
    private static bool Allows(Route route, Dictionary<string, string> state) =>
        route.TypedPerFilterConfig["cagent.allow"].Unpack<RBACPerRoute>().Rbac.Rules.Policies.Values.Any(policy => policy.Principals.Any(principal => Fits(principal, state)));

    private static bool Fits(Principal principal, Dictionary<string, string> state) => principal.IdentifierCase switch
    {
        Principal.IdentifierOneofCase.AndIds => principal.AndIds.Ids.All(id => Fits(id, state)),
        Principal.IdentifierOneofCase.NotId => !Fits(principal.NotId, state),
        Principal.IdentifierOneofCase.FilterState => state.GetValueOrDefault(principal.FilterState.Key) == principal.FilterState.StringMatch.Exact,
        _ => throw new InvalidOperationException($"{principal.IdentifierCase} is not expected here"),
    };

    private static string Text(Random random) => "version: 1\ndomains:\n" + Entries(random, "  ")
        + "agents:\n"
        + string.Concat(((string[])["blue", "ci", "night"]).Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"  - name: {name}\n    identity: {{source: 172.30.0.{i}}}\n    domains:\n{Entries(random, "      ")}")));

    private static string Entries(Random random, string indent) => string.Concat(Enumerable.Range(0, random.Next(1, 6))
        .Select(_ => (Host: Pick(random, Patterns), Port: Pick(random, Ports), Kind: Pick(random, Kinds))).DistinctBy(entry => (entry.Host, entry.Port))
        .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{indent}- {{domain: \"{entry.Host}\", port: {entry.Port}{entry.Kind}}}\n")));

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
