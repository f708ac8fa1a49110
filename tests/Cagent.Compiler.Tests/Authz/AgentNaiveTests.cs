// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Authz;
using Cagent.Domains;
using Cagent.Policy;
using Cagent.Policy.Model;
using Cagent.TestKit.Generation;
using FsCheck;
using FsCheck.Fluent;
using HostName = Cagent.Domains.HostName;

namespace Cagent.Compiler.Tests.Authz;

/// <summary>
/// The evaluator against a reading of the policy without any table: the agent by its name or longest prefix, its own entries before shared
/// ones of the same key, and the most specific of those that name the host.
/// </summary>
public sealed class AgentNaiveTests
{
    private const int Policies = 400;
    private const int RequestsOfEach = 15;

    private static readonly string[] Patterns =
        ["example.com", "a.example.com", "b.a.example.com", "*.example.com", "**.example.com", "*.a.example.com", "**.a.example.com", "**.b.a.example.com"];

    private static readonly string[] Hosts =
        ["example.com", "a.example.com", "x.example.com", "b.a.example.com", "x.a.example.com", "c.b.a.example.com", "y.x.a.example.com", "other.example.net"];

    private static readonly string[] Names = ["a", "ab", "a*", "ab*", "abc-*", "b", "b-*"];
    private static readonly string[] Askers = ["a", "ab", "abc", "abc-", "abc-1", "ax", "b", "b-x", "anonymous"];
    private static readonly string[] Rules = ["", ", allow: [\"GET /x/**\"]", ", deny: [\"* /x/**\"]", ", read_only: true", ", tls: passthrough"];
    private static readonly int[] Ports = [443, 8443];

    private static readonly Gen<string> Entry =
        from pattern in Gen.Elements(Patterns)
        from port in Gen.Elements(Ports)
        from rule in Gen.Elements(Rules)
        select $"{{domain: \"{pattern}\", port: {port}{rule}}}";

    private static readonly Gen<string[]> Entries =
        from count in Gen.Choose(2, 9)
        from entries in Gen.ArrayOf(Entry, count)
        select entries.DistinctBy(entry => entry[..(entry.IndexOf("443", StringComparison.Ordinal) + 3)]).ToArray();

    private static readonly Gen<(string Name, bool IsQuarantined, string[] Entries)> Agent =
        from name in Gen.Elements(Names)
        from quarantined in Gen.Choose(0, 5)
        from entries in Entries
        select (name, quarantined == 0, entries);

    private static readonly Gen<(string Agent, string Method, string Host, int Port, string Path)> Asked =
        from agent in Gen.Elements(Askers)
        from method in Gen.Elements("GET", "POST")
        from host in Gen.Elements(Hosts)
        from port in Gen.Elements(443, 443, 8443, 8443, 22)
        from path in Gen.Elements("/", "/x/y")
        select (agent, method, host, port, path);

    [Fact]
    public void Evaluate_AnyAgentAndRequest_IsAsANaiveReadingHasIt()
    {
        Dictionary<string, int> met = [];
        PropertyTest.Holds(
            from shared in Entries
            from count in Gen.Choose(3, 9)
            from agents in Gen.ArrayOf(Agent, count)
            from requests in Gen.ArrayOf(Asked, RequestsOfEach)
            select (Shared: shared, Agents: agents.DistinctBy(agent => agent.Name).ToArray(), Requests: requests),
            sample => Compare(sample.Shared, sample.Agents, sample.Requests, met),
            Policies);
        // Each outcome was met often enough for the comparison to mean something.
        Assert.All(["unknown", "quarantined", "unlisted", "own", "shared", "own hides shared", "shared is more specific"], outcome => Assert.InRange(met.GetValueOrDefault(outcome), 30, int.MaxValue));
    }

    private static void Compare(string[] shared, (string Name, bool IsQuarantined, string[] Entries)[] agents, (string Agent, string Method, string Host, int Port, string Path)[] requests, Dictionary<string, int> met)
    {
        string text = "version: 1\n" + Block("", shared) + "agents:\n" + string.Concat(agents.Select((agent, i) =>
            $"  - name: \"{agent.Name}\"\n    identity: {{container_label: {{l{i}: \"{agent.Name}\"}}}}\n    quarantined: {(agent.IsQuarantined ? "true" : "false")}\n{Block("    ", agent.Entries)}"));
        PolicyLoadResult loaded = PolicyLoader.Load(text, "cagent.yaml", new PolicyLoadOptions { Honoured = PolicyFeatures.All });
        Assert.True(loaded.Policy is not null, text + string.Join('\n', loaded.Diagnostics));
        AuthzTable table = AuthzTable.From(loaded.Policy);
        foreach ((string agent, string method, string host, int port, string path) in requests)
        {
            PolicyDecision decision = PolicyEvaluator.Evaluate(table, new PolicyRequest(agent, RequestWay.Tunnel, "CONNECT", $"{host}:{port}", ""));
            PolicyEntry? entry = Read(loaded.Policy, agent, host, port, out string outcome);
            met[outcome] = met.GetValueOrDefault(outcome) + 1;
            Assert.Equal((entry?.Key, entry?.Location), (decision.Entry?.Key, decision.Entry?.Location));
            Assert.Equal(entry is not null, decision.IsAllowed);
            Assert.Equal(outcome == "unknown", decision.Finding == PolicyFinding.UnknownAgent);
            Assert.Equal(outcome == "quarantined", decision.Finding == PolicyFinding.QuarantinedAgent);
            if (entry is { Tls: TlsMode.Intercept })
            {
                PolicyDecision inside = PolicyEvaluator.Evaluate(table, new PolicyRequest(agent, RequestWay.Intercepted, method, $"{host}:{port}", path));
                Assert.Equal((entry.Location, Allows(entry, method, path)), (inside.Entry?.Location, inside.IsAllowed));
            }
        }
    }

    private static PolicyEntry? Read(ValidatedPolicy policy, string name, string host, int port, out string outcome)
    {
        PolicyAgent? agent = policy.Agents.Where(one => one.Name.Matches(name)).OrderBy(one => one.Name.IsPrefix).ThenByDescending(one => one.Name.Text.Length).FirstOrDefault();
        if (agent is null || agent.Quarantined)
        {
            outcome = agent is null ? "unknown" : "quarantined";
            return null;
        }

        Assert.True(HostName.TryParse(host, out HostName? parsed, out _));
        ImmutableArray<PolicyEntry> shared = [.. policy.Entries.Where(entry => agent.Entries.All(own => own.Key != entry.Key))];
        PolicyEntry? found = Best(agent.Entries.Concat(shared), parsed, port);
        PolicyEntry? without = Best(policy.Entries, parsed, port);
        outcome = found is null ? "unlisted"
            : agent.Entries.Contains(found) ? found.Key == without?.Key ? "own hides shared" : "own"
            : Best(agent.Entries, parsed, port) is null ? "shared" : "shared is more specific";
        return found;
    }

    private static PolicyEntry? Best(IEnumerable<PolicyEntry> entries, HostName host, int port) =>
        entries.Where(entry => entry.Key.Port.Value == port && entry.Key.Host.Matches(host))
            .OrderBy(entry => entry.Key.Host, Comparer<HostPattern>.Create(HostPattern.CompareSpecificity)).FirstOrDefault();

    private static bool Allows(PolicyEntry entry, string method, string path) =>
        (!entry.ReadOnly || method == "GET")
        && (entry.Deny.IsEmpty || !path.StartsWith("/x", StringComparison.Ordinal))
        && (entry.Allow.IsEmpty || entry.ReadOnly || (method == "GET" && path.StartsWith("/x", StringComparison.Ordinal)));

    private static string Block(string indent, string[] entries) =>
        entries.Length == 0 ? "" : $"{indent}domains:\n" + string.Concat(entries.Select(entry => $"{indent}  - {entry}\n"));
}
