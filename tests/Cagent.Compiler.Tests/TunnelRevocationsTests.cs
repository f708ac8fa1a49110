// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;

namespace Cagent.Compiler.Tests;

/// <summary>A change of policy ends the tunnels of every entry that is gone or narrower, and of no other.</summary>
public sealed class TunnelRevocationsTests
{
    private const string Rules = "allow: [\"GET /v1/**\", \"POST /v1/chat\"], deny: [\"* /v1/admin/**\"]";

    private const string Credential = "credential: {use: one, header: Authorization, format: \"Bearer {value}\"}";

    [Theory]
    [InlineData("", "")]
    [InlineData("read_only: true", "")]
    [InlineData("", "description: words")]
    [InlineData("", "timeout: 5s")]
    [InlineData("", "idle_timeout: 5s")]
    [InlineData("", "websocket: true")]
    [InlineData("", "addresses: [10.0.0.0/8]")]
    [InlineData("addresses: [10.0.0.0/8]", "addresses: [10.0.0.0/8, 192.168.0.0/16]")]
    [InlineData("addresses: [10.0.0.0/8, 192.168.0.0/16]", "addresses: [192.168.0.0/16, 10.0.0.0/8]")]
    [InlineData(Rules, Rules)]
    [InlineData(Rules, "allow: [\"GET /v1/**\", \"POST /v1/chat\"]")]
    [InlineData("allow: [\"GET /v1/**\"]", "allow: [\"POST /v1/chat\", \"GET /v1/**\"]")]
    [InlineData("allow: [\"GET /v1/**\"]", "")]
    [InlineData("", "alias: a")]
    [InlineData("alias: a", "alias: a")]
    [InlineData("rate_limit: {requests: 2, per: second}", "rate_limit: {requests: 1, per: second}")]
    [InlineData("", Credential)]
    [InlineData(Credential, Credential)]
    [InlineData("tls: passthrough", "tls: passthrough")]
    public void Between_EntryAsWideAsBefore_KeepsItsTunnels(string before, string after) => Assert.Empty(Between(Entry(before), Entry(after)));

    /// <summary>Who was anybody has a name now, or is nobody.</summary>
    [Fact]
    public void Between_PolicyThatBeginsToNameAgents_EndsAllTunnels()
    {
        string agents = Entry("tls: passthrough") + "\nagents: [{name: blue, identity: {source: 172.30.0.1}}]";
        Assert.Equal(["gate@a.example.com:443"], Between(Entry("tls: passthrough"), agents));
        Assert.Equal(["gate@a.example.com:443", "bump@blue", "splice@blue"], Between(agents, Entry("tls: passthrough")));
    }

    [Theory]
    [InlineData("", "read_only: true")]
    [InlineData("websocket: true", "")]
    [InlineData("", "allow: [\"GET /**\"]")]
    [InlineData("allow: [\"GET /**\", \"POST /**\"]", "allow: [\"GET /**\"]")]
    [InlineData("allow: [\"GET /v1/**\"]", "allow: [\"GET /v2/**\"]")]
    [InlineData("allow: [\"GET,POST /v1/**\"]", "allow: [\"GET /v1/**\"]")]
    [InlineData("", "deny: [\"* /admin/**\"]")]
    [InlineData("deny: [\"GET /a\"]", "deny: [\"GET /a\", \"GET /b\"]")]
    [InlineData("deny: [\"GET /a\"]", "deny: [\"GET,POST /a\"]")]
    [InlineData("addresses: [10.0.0.0/8]", "")]
    [InlineData("addresses: [10.0.0.0/8]", "addresses: [10.1.0.0/16]")]
    [InlineData("tls: passthrough", "")]
    [InlineData("", "tls: passthrough")]
    [InlineData("tls: {mode: intercept, trusted_ca: /etc/cagent/pki/internal.pem}", "")]
    [InlineData("", "tls: {mode: intercept, trusted_ca: /etc/cagent/pki/internal.pem}")]
    [InlineData(Credential, "")]
    [InlineData(Credential, "credential: {use: two, header: Authorization, format: \"Bearer {value}\"}")]
    [InlineData(Credential, "credential: {use: one, header: X-Api-Key, format: \"Bearer {value}\"}")]
    [InlineData(Credential, "credential: {use: one, header: Authorization, format: \"Token {value}\"}")]
    [InlineData("alias: a", "")]
    [InlineData("alias: a", "alias: b")]
    [InlineData("read_only: true", "allow: [\"GET /**\"]")]
    public void Between_EntryThatMayBeNarrower_EndsItsTunnels(string before, string after) =>
        Assert.Equal(["gate@a.example.com:443"], Between(Entry(before), Entry(after)));

    [Fact]
    public void Between_NewSecondNameBelowAWildcard_EndsTheWildcardsTunnels() => Assert.Equal(
        ["gate@*.devbox.local:443"],
        Between("  - {domain: \"*.devbox.local\"}\n  - {domain: a.example.com}\n", "  - {domain: \"*.devbox.local\"}\n  - {domain: a.example.com, alias: a, read_only: true}\n")
            .Where(gate => gate.Contains('*', StringComparison.Ordinal)));

    [Fact]
    public void Between_RemovedEntries_EndsTheirTunnelsAlone() => Assert.Equal(
        ["gate@*.wild.example.com:443", "gate@db.example.com:5432"],
        Between(
            "  - {domain: a.example.com}\n  - {domain: \"*.wild.example.com\"}\n  - {domain: db.example.com, port: 5432, tls: passthrough}\n  - {domain: p.example.com, scheme: http}",
            "  - {domain: a.example.com}\n  - {domain: new.example.com}"));

    [Fact]
    public void Between_OtherPort_IsAnotherEntry() =>
        Assert.Equal(["gate@a.example.com:443"], Between("  - {domain: a.example.com}", "  - {domain: a.example.com, port: 8443}"));

    /// <summary>The tunnels to such a name go through the gate of the wildcard that let them in.</summary>
    [Theory]
    [InlineData("*.example.com", "", "a.example.com", "read_only: true", true)]
    [InlineData("**.example.com", "", "x.a.example.com", "read_only: true", true)]
    [InlineData("**.example.com", "", "*.a.example.com", "read_only: true", true)]
    [InlineData("**.example.com", "", "*.example.com", "read_only: true", true)]
    [InlineData("**.example.com", "tls: passthrough", "a.example.com", "", true)]
    [InlineData("**.example.com", "", "a.example.com", "scheme: http", true)]
    [InlineData("*.example.com", "", "a.example.com", "", false)]
    [InlineData("*.example.com", "", "x.a.example.com", "read_only: true", false)]
    [InlineData("*.example.com", "", "example.com", "read_only: true", false)]
    [InlineData("*.example.com", "", "**.example.com", "read_only: true", false)]
    [InlineData("a.example.com", "", "**.example.com", "read_only: true", false)]
    public void Between_NarrowerEntryInsideAWildcard_EndsTheTunnelsOfTheWildcard(string host, string more, string newHost, string newMore, bool isCut)
    {
        string before = $"  - {{domain: \"{host}\", port: 443{Comma(more)}}}";
        string after = before + $"\n  - {{domain: \"{newHost}\", port: 443{Comma(newMore)}}}";
        Assert.Equal(isCut ? [$"gate@{host}:443"] : [], Between(before, after));
        Assert.Empty(Between(after, after));
    }

    [Fact]
    public void Between_PlainEntries_HaveNoTunnels()
    {
        Assert.Empty(Between("  - {domain: a.example.com, scheme: http}", "  - {domain: b.example.com}"));
        // From TLS to plain text the tunnels of the former end; the other way round there are none.
        Assert.Equal(["gate@a.example.com:80"], Between("  - {domain: a.example.com, port: 80}", "  - {domain: a.example.com, scheme: http}"));
        Assert.Empty(Between("  - {domain: a.example.com, scheme: http}", "  - {domain: a.example.com, port: 80}"));
    }

    [Fact]
    public void Between_OrderInTheFile_DecidesNothing() =>
        Assert.Empty(Between("  - {domain: a.example.com}\n  - {domain: b.example.com}", "  - {domain: b.example.com}\n  - {domain: a.example.com}"));

    [Fact]
    public void Between_EmptyPolicies_EndsNothing() => Assert.Empty(TunnelRevocations.Between(GoldenCase.Compile("version: 1").Ir, GoldenCase.Compile("version: 1").Ir));

    [Theory]
    [InlineData("enabled: true", "quarantined: true", true)]
    [InlineData("quarantined: true", "quarantined: true", false)]
    [InlineData("quarantined: true", "enabled: true", false)]
    [InlineData("enabled: true", "enabled: false", true)]
    [InlineData("enabled: true", "description: words", false)]
    public void Between_AgentThatIsStopped_EndsItsTunnelsAlone(string before, string after, bool isCut) =>
        Assert.Equal(isCut ? ["bump@ci", "splice@ci"] : [], Between(Agents(before), Agents(after)));

    [Fact]
    public void Between_AgentThatIsRecognisedByAnotherToken_EndsItsTunnels() =>
        Assert.Equal(["bump@ci", "splice@ci"], Between(Agents("enabled: true"), Agents("enabled: true").Replace("name: CI", "name: CI_TOKEN", StringComparison.Ordinal)));

    [Theory]
    [InlineData("a.example.com, read_only: true", true)]
    [InlineData("a.example.com, tls: passthrough", true)]
    [InlineData("a.example.com, websocket: true", false)]
    [InlineData("x.wild.example.com, read_only: true", true)]
    [InlineData("x.wild.example.com", false)]
    [InlineData("other.example.com, read_only: true", false)]
    public void Between_OwnEntryInThePlaceOfAShared_EndsTheTunnelsOfItsAgentAlone(string own, bool isCut)
    {
        string before = Agents("enabled: true");
        string after = Agents("enabled: true", $"    domains: [{{domain: {own}}}]\n");
        Assert.Equal(isCut ? ["bump@ci", "splice@ci"] : [], Between(before, after));
        Assert.Equal([$"gate@{own.Split(',')[0]}:443/ci"], Between(after, before));
    }

    [Fact]
    public void Between_OwnEntryThatIsNarrower_EndsTheTunnelsOfThatEntryAlone() => Assert.Equal(
        ["gate@own.example.com:443/ci"],
        Between(Agents("enabled: true", "    domains: [{domain: own.example.com}]\n"), Agents("enabled: true", "    domains: [{domain: own.example.com, read_only: true}]\n")));

    private static string Agents(string more, string own = "") =>
        "  - {domain: a.example.com}\n  - {domain: \"*.wild.example.com\"}\n"
        + $"agents:\n  - name: ci\n    identity: {{token: {{from: env, name: CI}}}}\n    {more}\n{own}"
        + "  - name: night\n    identity: {source: 172.30.0.1}";

    /// <summary>
    /// Addresses, CA and the bound on bodies Envoy enforces alone, where a request is sent: a route that leads to those of another policy must not
    /// carry what only this one allows.
    /// </summary>
    [Theory]
    [InlineData("addresses: [10.0.0.0/8]", "")]
    [InlineData("", "addresses: [10.0.0.0/8]")]
    [InlineData("addresses: [10.0.0.0/8]", "addresses: [10.1.0.0/16]")]
    [InlineData("max_request_body: 1KiB", "")]
    [InlineData("max_request_body: 1KiB", "max_request_body: 1MiB")]
    [InlineData("tls: {mode: intercept, trusted_ca: /etc/cagent/pki/internal.pem}", "")]
    [InlineData("tls: passthrough, addresses: [10.0.0.0/8]", "tls: passthrough")]
    public void RouteId_OfAnotherReach_IsAnotherRoute(string one, string other)
    {
        const string Name = "a.example.com:443";
        (EntryIr before, EntryIr after) = (Lowered(one), Lowered(other));
        Assert.NotEqual(before.RouteId, after.RouteId);
        Assert.Equal(before.RouteId, Lowered(one).RouteId);
        Assert.StartsWith(before.Kind == EntryKind.Pinned ? "passthrough " + Name : Name, before.RouteId, StringComparison.Ordinal);

        static EntryIr Lowered(string more) => Assert.Single(Compile(Entry(more)).Entries);
    }

    private static string Entry(string more) => $"  - {{domain: a.example.com{Comma(more)}}}";

    private static string Comma(string more) => more.Length > 0 ? ", " + more : "";

    private static string[] Between(string before, string after) => [.. TunnelRevocations.Between(Compile(before), Compile(after))];

    private static EgressIr Compile(string domains) => GoldenCase.CompileAll(
        $"version: 1\ncredentials:\n  one: {{from: env, name: ONE}}\n  two: {{from: env, name: TWO}}\ndomains:\n{domains}\n").Ir;
}
