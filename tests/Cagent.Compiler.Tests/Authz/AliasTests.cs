// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Differences;
using Cagent.Domains;
using Cagent.Policy;

namespace Cagent.Compiler.Tests.Authz;

/// <summary>The second name of an entry decides like the first, for whoever sees the entry, and a difference of it is a difference of reach.</summary>
public sealed class AliasTests
{
    private static readonly AuthzTable Table = Load("""
        version: 1
        domains:
          - {domain: git.example.com, alias: git, allow: ["GET /a"]}
          - {domain: wiki.example.com, alias: wiki}
          - {domain: "*.devbox.local", read_only: true}
          - {domain: plain.example.com, scheme: http, alias: plain}
        agents:
          - {name: all, identity: {container_label: {a: all}}}
          - name: own
            identity: {container_label: {a: own}}
            domains:
              - {domain: git.example.com}
              - {domain: pages.example.com, alias: pages}
              - {domain: wiki.example.com, alias: wiki, read_only: true}
              - {domain: plain.devbox.local}
        """);

    [Theory]
    [InlineData("all", "git.devbox.local:443", "git.example.com:443")]
    [InlineData("all", "GIT.devbox.local.:443", "git.example.com:443")]
    [InlineData("all", "wiki.devbox.local:443", "wiki.example.com:443")]
    [InlineData("all", "other.devbox.local:443", "*.devbox.local:443")]
    [InlineData("all", "x.git.devbox.local:443", null)]
    [InlineData("all", "git.devbox.local:8443", null)]
    // Its own entry hides the shared one, and with it the shared one's second name; the wildcard is still there.
    [InlineData("own", "git.example.com:443", "git.example.com:443")]
    [InlineData("own", "git.devbox.local:443", null)]
    [InlineData("own", "wiki.devbox.local:443", "wiki.example.com:443")]
    [InlineData("own", "pages.devbox.local:443", "pages.example.com:443")]
    [InlineData("own", "wiki.example.com:443", "wiki.example.com:443")]
    [InlineData("own", "plain.devbox.local:443", "plain.devbox.local:443")]
    public void Evaluate_Tunnel_IsOfTheEntryThatTheAgentSees(string agent, string authority, string? entry)
    {
        PolicyDecision decision = PolicyEvaluator.Evaluate(Table, new PolicyRequest(agent, RequestWay.Tunnel, "CONNECT", authority, ""));
        Assert.Equal((entry, entry is not null), (decision.Entry?.Name, decision.IsAllowed));
    }

    [Theory]
    [InlineData("GET", "https://git.devbox.local/a", PolicyFinding.Allowed)]
    [InlineData("GET", "https://git.devbox.local/b", PolicyFinding.NoAllowLine)]
    [InlineData("GET", "http://git.devbox.local/a", PolicyFinding.OtherPort)]
    [InlineData("GET", "http://plain.devbox.local/", PolicyFinding.Allowed)]
    public void Evaluate_Request_IsDecidedByTheEntrysLines(string method, string url, PolicyFinding finding)
    {
        Assert.True(AgentRequest.TryParse(method, url, out AgentRequest? request, out _));
        Assert.Equal(finding, PolicyEvaluator.Evaluate(Table, request with { Agent = "all" }).Finding);
    }

    [Theory]
    [InlineData("git.devbox.local", true)]
    [InlineData("plain.devbox.local", true)]
    [InlineData("a.git.devbox.local", false)]
    public void IsInspected_SecondName_IsLikeTheFirst(string name, bool isInspected)
    {
        Assert.True(HostName.TryParse(name, out HostName? host, out _));
        Assert.Equal(isInspected, Table.IsInspected(host));
    }

    [Theory]
    [InlineData("", "alias: git", DifferenceEffect.Widened, "git.devbox.local:443")]
    [InlineData("alias: git", "", DifferenceEffect.Narrowed, "git.devbox.local:443")]
    [InlineData("alias: git", "alias: git", DifferenceEffect.None, null)]
    public void Between_SecondNames_AreReach(string before, string after, DifferenceEffect effect, string? name)
    {
        EntryDifference? difference = PolicyDifferences.Between(Load(Entry(before)), Load(Entry(after))).SingleOrDefault();
        Assert.Equal((name, effect), (difference?.Name, difference?.Details.Aggregate(DifferenceEffect.None, (sum, detail) => sum | detail.Effect) ?? DifferenceEffect.None));
    }

    [Fact]
    public void Between_SecondNameOfAnotherHost_LeadsElsewhere()
    {
        const string Two = "version: 1\ndomains:\n  - {domain: a.example.com, ALIAS}\n  - {domain: b.example.com, OTHER}\n";
        EntryDifference difference = Assert.Single(PolicyDifferences.Between(
            Load(Two.Replace(", ALIAS", ", alias: git", StringComparison.Ordinal).Replace(", OTHER", "", StringComparison.Ordinal)),
            Load(Two.Replace(", ALIAS", "", StringComparison.Ordinal).Replace(", OTHER", ", alias: git", StringComparison.Ordinal))));
        Assert.Equal("leads to b.example.com:443, and did to a.example.com:443", Assert.Single(difference.Details).Text);
    }

    private static string Entry(string more) => $"version: 1\ndomains:\n  - {{domain: a.example.com{(more.Length == 0 ? "" : ", " + more)}}}\n";

    private static AuthzTable Load(string text)
    {
        PolicyLoadResult loaded = PolicyLoader.Load(text, "cagent.yaml", new PolicyLoadOptions { Honoured = PolicyFeatures.All });
        Assert.True(loaded.Policy is not null, string.Join('\n', loaded.Diagnostics));
        return AuthzTable.From(loaded.Policy);
    }
}
