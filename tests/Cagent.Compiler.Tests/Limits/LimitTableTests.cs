// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;
using Cagent.Compiler.Lowering;
using Cagent.Policy.Model;

namespace Cagent.Compiler.Tests.Limits;

/// <summary>Which bucket a request draws from, and what bounds an agent.</summary>
public sealed class LimitTableTests
{
    private const string Policy = """
        version: 1
        defaults: {budget: {requests: 1000000000000, per: month}}
        domains:
          - {domain: a.example.com, rate_limit: {requests: 60, per: minute, burst: 10}}
          - {domain: b.example.com, rate_limit: {requests: 10000000, per: day, key: domain}}
          - {domain: c.example.com}
        agents:
          - name: ci
            identity: {token: {from: env, name: CI_TOKEN}}
            domains:
              - {domain: a.example.com}
              - {domain: c.example.com, rate_limit: {requests: 3, per: second}}
            budget: {bytes: 1024TiB, per: week}
            limits: {max_streams: 1000000, max_tunnels: 5}
          - name: research-*
            identity: {container_label: {cagent.agent: research-*}}
            domains:
              - {domain: b.example.com, rate_limit: {requests: 7, per: hour, key: domain}}
              - {domain: c.example.com, rate_limit: {requests: 4, per: hour}}
        """;

    private static readonly LimitTable Table = GoldenCase.CompileAll(Policy).Limits;

    [Theory]
    [InlineData("ci", "a.example.com:443", null)] // its own entry has no limit, and the hidden shared one does not count
    [InlineData("ci", "b.example.com:443", "10000000/86400 burst 10000000 entry=b.example.com:443")]
    [InlineData("ci", "c.example.com:443", "3/1 burst 3 entry=ci/c.example.com:443, agent=ci")]
    [InlineData("research-1", "a.example.com:443", "60/60 burst 10 entry=a.example.com:443, agent=research-1")]
    [InlineData("research-1", "b.example.com:443", "7/3600 burst 7 entry=research-*/b.example.com:443")]
    [InlineData("research-2", "c.example.com:443", "4/3600 burst 4 entry=research-*/c.example.com:443, agent=research-2")]
    [InlineData("research-1", "d.example.com:443", null)]
    [InlineData("stranger", "a.example.com:443", null)]
    public void Find_AgentAndEntry_IsTheLimitOfWhatTheAgentSees(string agent, string entry, string? expected)
    {
        EntryRateLimit? limit = Table.Find(agent, entry);
        Assert.Equal(expected, limit is null ? null : $"{limit.Requests}/{limit.PeriodSeconds} burst {limit.Burst} {LimitText.DescriptorText(limit.BucketOf(agent))}");
    }

    [Fact]
    public void Descriptor_AnyAgent_HasNoValue()
    {
        Assert.Equal("entry=a.example.com:443, agent=*", LimitText.DescriptorText(Table.Find("research-1", "a.example.com:443")!.Descriptor));
        Assert.Null(Table.Find("research-1", "a.example.com:443")!.Descriptor[1].Value);
        Assert.Equal("entry=ci/c.example.com:443, agent=ci", LimitText.DescriptorText(Table.Find("ci", "c.example.com:443")!.Descriptor));
    }

    [Fact]
    public void FindAgent_OwnBounds_TakeThePlaceOfTheDefaults()
    {
        AgentBounds ci = Table.FindAgent("ci")!;
        Assert.Equal((new AgentBudget(null, 1L << 50, BudgetPeriod.Week), null, 1_000_000, 5), (ci.Budget, ci.MaxConnections, ci.MaxStreams, ci.MaxTunnels));
        Assert.Equal(new AgentBudget(1_000_000_000_000, null, BudgetPeriod.Month), Table.FindAgent("research-1")!.Budget);
        Assert.Null(Table.FindAgent("stranger"));
    }

    [Fact]
    public void FindAgent_PolicyWithoutAgents_BoundsTheAnonymousOneByTheDefaults()
    {
        LimitTable table = GoldenCase.CompileAll("version: 1\ndefaults: {budget: {requests: 5, per: hour}, limits: {max_connections: 2}}\n").Limits;
        AgentBounds bounds = table.FindAgent(EgressIr.AnonymousAgent)!;
        Assert.Equal((new AgentBudget(5, null, BudgetPeriod.Hour), 2, false), (bounds.Budget, bounds.MaxConnections, table.IsEmpty));
    }

    [Fact]
    public void Render_NothingLimited_IsEmpty() => Assert.Equal("", LimitText.Render(GoldenCase.Compile("version: 1\ndomains: [{domain: a.example.com}]").Limits));
}
