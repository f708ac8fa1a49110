// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Dns;
using Cagent.Compiler.Lowering;
using Cagent.Domains;
using Cagent.Policy;
using Cagent.Policy.Model;
using Cagent.TestKit.Generation;
using FsCheck;
using FsCheck.Fluent;
using HostName = Cagent.Domains.HostName;

namespace Cagent.Compiler.Tests.Dns;

/// <summary>Which names an agent may resolve: those of the entries that it sees, with their second names.</summary>
public sealed class DnsViewTests
{
    private const int Policies = 500;

    private static readonly string[] Patterns = ["a.example.com", "a.example.com", "b.example.com", "*.example.com", "**.example.com", "x.devbox.local", "*.devbox.local", "198.41.0.1"];
    private static readonly string[] Hosts = ["a.example.com", "b.example.com", "c.example.com", "d.c.example.com", "x.devbox.local", "y.devbox.local", "z.devbox.local", "example.com", "198.41.0.1"];

    private static readonly Gen<(string Pattern, int Port, string? Alias)> Entry =
        from pattern in Gen.Elements(Patterns)
        from port in Gen.Elements(443, 443, 8443)
        from alias in Gen.Elements(null, "x", "y")
        select (pattern, port, pattern[0] == '*' ? null : alias);

    private static readonly Gen<(string Pattern, int Port, string? Alias)[]> Entries =
        from count in Gen.Choose(1, 9)
        from entries in Gen.ArrayOf(Entry, count)
        select Distinct(entries);

    [Fact]
    public void Names_AnyPolicy_AreThoseOfTheEntriesThatTheAgentSees()
    {
        int hidden = 0;
        PropertyTest.Holds(
            from shared in Entries
            from own in Entries
            select (Shared: shared, Own: Beside(shared, own)),
            sample => Compare(sample.Shared, sample.Own, ref hidden),
            Policies);
        Assert.InRange(hidden, 10, int.MaxValue);
    }

    [Fact]
    public void FindAgent_Quarantined_ResolvesNothing()
    {
        DnsView view = GoldenCase.CompileAll("version: 1\ndomains: [{domain: a.example.com}]\nagents:\n  - {name: ci, identity: {listener: ci}, quarantined: true, domains: [{domain: b.example.com}]}\n").Dns;
        DnsAgent agent = view.FindAgent("ci")!;
        Assert.Empty(agent.Names);
        Assert.All(["a.example.com", "b.example.com"], host => Assert.False(agent.MayResolve(Host(host))));
        Assert.Null(view.FindAgent(EgressIr.AnonymousAgent));
    }

    [Fact]
    public void From_PolicyWithoutAgents_IsOfTheAnonymousOne()
    {
        DnsView view = GoldenCase.CompileAll("version: 1\ndns: {publish: coredns, ttl: 1500ms, upstream: [9.9.9.9, 1.1.1.1]}\ndomains: [{domain: a.example.com, alias: git}]\n").Dns;
        Assert.Equal((DnsPublishing.CoreDns, 1, "9.9.9.9:53, 1.1.1.1:53"), (view.Publish, view.TtlSeconds, string.Join(", ", view.Upstream)));
        DnsAgent agent = Assert.Single(view.Agents);
        Assert.Equal((EgressIr.AnonymousAgent, "a.example.com git.devbox.local"), (agent.Name, string.Join(' ', agent.Names.Select(name => name.Host))));
        Assert.Equal(view.SharedNames, agent.Names);
        Assert.True(agent.MayResolve(Host("git.devbox.local")));
    }

    [Theory]
    [InlineData("version: 1\ndomains: [{domain: a.example.com}]", true)]
    [InlineData("version: 1\ndns: {upstream: [9.9.9.9], publish: off}\ndomains: [{domain: a.example.com}]", true)]
    [InlineData("version: 1\ndns: {publish: envoy}", false)]
    [InlineData("version: 1\ndomains: [{domain: a.example.com, alias: a}]", false)]
    public void Render_NothingPublishedAndNoAlias_IsEmpty(string policy, bool expected)
    {
        DnsView view = GoldenCase.CompileAll(policy).Dns;
        Assert.Equal((expected, expected), (view.IsEmpty, DnsText.Render(view).Length == 0));
    }

    private static void Compare((string Pattern, int Port, string? Alias)[] shared, (string Pattern, int Port, string? Alias)[] own, ref int hidden)
    {
        string text = $"version: 1\n{Block("", shared)}agents:\n  - name: ci\n    identity: {{listener: ci}}\n{Block("    ", own)}";
        PolicyLoadResult loaded = PolicyLoader.Load(text, "cagent.yaml", new PolicyLoadOptions { Honoured = PolicyFeatures.All });
        Assert.True(loaded.Policy is not null, text + string.Join('\n', loaded.Diagnostics));
        PolicyAgent agent = loaded.Policy.Agents[0];
        PolicyEntry[] seen = [.. agent.Entries, .. loaded.Policy.Entries.Where(entry => agent.Entries.All(mine => mine.Key != entry.Key))];
        HostPattern[] names =
        [
            .. seen.Select(entry => entry.Key.Host).Where(host => !host.Suffix.IsAddress)
                .Concat(seen.Where(entry => entry.Alias is not null).Select(entry => HostPattern.Exact(entry.Alias!)))
                .Distinct().OrderBy(host => host.Text, StringComparer.Ordinal),
        ];
        DnsAgent view = PolicyCompiler.Compile(loaded.Policy, GoldenCase.Inputs).Dns.FindAgent("ci")!;
        Assert.Equal(names, view.Names.Select(name => name.Host));
        Assert.All(Hosts, host => Assert.Equal(names.Any(name => name.Matches(Host(host))), view.MayResolve(Host(host))));
        hidden += view.HiddenAliases.Length;
    }

    /// <summary>As a policy may have them: of a host or alias and a port, one.</summary>
    private static (string Pattern, int Port, string? Alias)[] Distinct((string Pattern, int Port, string? Alias)[] entries)
    {
        HashSet<(string, int)> taken = [];
        return [.. entries.Where(entry =>
            !taken.Contains(($"{entry.Alias}.devbox.local", entry.Port)) && entry.Pattern != $"{entry.Alias}.devbox.local" && taken.Add((entry.Pattern, entry.Port))
            && (entry.Alias is null || taken.Add(($"{entry.Alias}.devbox.local", entry.Port))))];
    }

    /// <summary>Those of an agent that may stand beside the shared ones: one second name is one host, over all agents.</summary>
    private static (string Pattern, int Port, string? Alias)[] Beside((string Pattern, int Port, string? Alias)[] shared, (string Pattern, int Port, string? Alias)[] own) =>
    [
        .. own.Where(entry => !shared.Any(other => other.Port == entry.Port && (
            (entry.Alias is not null && other.Pattern == $"{entry.Alias}.devbox.local")
            || (other.Alias is not null && entry.Pattern == $"{other.Alias}.devbox.local")
            || (entry.Alias is not null && entry.Alias == other.Alias && entry.Pattern != other.Pattern)))),
    ];

    private static string Block(string indent, (string Pattern, int Port, string? Alias)[] entries) =>
        entries.Length == 0 ? "" : $"{indent}domains:\n" + string.Concat(entries.Select(entry =>
            $"{indent}  - {{domain: \"{entry.Pattern}\", port: {entry.Port}{(entry.Pattern == "198.41.0.1" ? ", scheme: http" : "")}{(entry.Alias is null ? "" : $", alias: {entry.Alias}")}}}\n"));

    private static HostName Host(string text)
    {
        Assert.True(HostName.TryParse(text, out HostName? host, out string? problem), problem);
        return host;
    }
}
