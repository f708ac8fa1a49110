// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;

namespace Cagent.ExtAuthz.Tests;

/// <summary>Who is asking, on which hop, to which host and port: what is decided before method and path.</summary>
public sealed class DecisionEngineTests
{
    private static readonly AuthzTable Table = Questions.Table("""
          - {domain: api.example.com}
          - {domain: api.example.com, port: 8443}
          - {domain: "*.wild.example.com", port: 443}
          - {domain: db.example.com, port: 5432, tls: passthrough}
          - {domain: mirror.example.com, scheme: http}
          - {domain: mirror.example.com, scheme: http, port: 8080}
        """);

    [Fact]
    public void Decide_ListedHost_IsAllowedOnEachHop()
    {
        Assert.Equal("api.example.com:443", Questions.Allowed(Table, Questions.Connect("api.example.com:443")).Entry);
        Assert.Equal("db.example.com:5432", Questions.Allowed(Table, Questions.Connect("db.example.com:5432", "passthrough db.example.com:5432")).Entry);
        Assert.Equal("api.example.com:443", Questions.Allowed(Table, Questions.Web("api.example.com")).Entry);
        Assert.Equal("mirror.example.com:80", Questions.Allowed(Table, Questions.Plain("mirror.example.com")).Entry);
        Assert.Equal("*.wild.example.com:443", Questions.Allowed(Table, Questions.Web("a.wild.example.com", entry: "*.wild.example.com:443")).Entry);
        Assert.Equal(Questions.Agent, Questions.Allowed(Table, Questions.Web("api.example.com")).Agent);
    }

    /// <summary>A route of the revision before, of the same entry: it would pass bytes through that are to be inspected from now on, or the other way round.</summary>
    [Fact]
    public void Decide_ConnectByARouteOfTheOtherKind_IsDenied()
    {
        Questions.Denied(Table, Questions.Connect("api.example.com:443", "passthrough api.example.com:443"), DenyReason.PolicyUnavailable);
        Questions.Denied(Table, Questions.Connect("db.example.com:5432", "db.example.com:5432"), DenyReason.PolicyUnavailable);
    }

    [Fact]
    public void Decide_RouteOfAnotherReach_IsPolicyUnavailable()
    {
        AuthzTable table = Questions.Table("  - {domain: api.example.com, addresses: [10.0.0.0/8]}\n");
        Questions.Denied(table, Questions.Web("api.example.com"), DenyReason.PolicyUnavailable);
        Questions.Denied(table, Questions.Connect("api.example.com:443"), DenyReason.PolicyUnavailable);
        Questions.Allowed(table, Questions.Web("api.example.com", entry: RouteOf(table, "api.example.com:443")));
    }

    private static string RouteOf(AuthzTable table, string name) => table.Entries.Single(entry => entry.Name == name).RouteId;

    [Theory]
    [InlineData(0, false)]
    [InlineData(1024, false)]
    [InlineData(1025, true)]
    [InlineData(long.MaxValue, true)]
    public void Decide_AnnouncedBody_IsComparedWithTheBound(long length, bool isDenied)
    {
        AuthzTable table = Questions.Table("  - {domain: api.example.com, max_request_body: 1KiB}\n  - {domain: any.example.com}\n");
        AuthzRequest request = Questions.Web("api.example.com", "POST", entry: RouteOf(table, "api.example.com:443")) with { BodyLength = length };
        if (isDenied)
        {
            Assert.Equal("This host takes request bodies of at most 1024 bytes.", Questions.Denied(table, request, DenyReason.BodyTooLarge).Hint);
        }
        else
        {
            Questions.Allowed(table, request);
        }

        Questions.Allowed(table, Questions.Web("any.example.com", "POST") with { BodyLength = length });
    }

    /// <summary>A tunnel that is opened here is counted by what is asked inside it, and not twice.</summary>
    [Fact]
    public void Decide_EntryWithRateLimit_CountsOnOneHopOnly()
    {
        AuthzTable table = Questions.Table("""
              - {domain: api.example.com, rate_limit: {requests: 1, per: day}}
              - {domain: db.example.com, port: 5432, tls: passthrough, rate_limit: {requests: 2, per: day}}
              - {domain: mirror.example.com, scheme: http, rate_limit: {requests: 3, per: day}}
            """);
        Assert.Null(Questions.Allowed(table, Questions.Connect("api.example.com:443")).RateLimit);
        Assert.Equal("1/86400s+1", Questions.Allowed(table, Questions.Web("api.example.com")).RateLimit?.Class);
        Assert.Equal("2/86400s+2", Questions.Allowed(table, Questions.Connect("db.example.com:5432", "passthrough db.example.com:5432")).RateLimit?.Class);
        Assert.Equal("3/86400s+3", Questions.Allowed(table, Questions.Plain("mirror.example.com")).RateLimit?.Class);
    }

    [Theory]
    [InlineData("API.Example.COM:443")]
    [InlineData("api.example.com.:443")]
    public void Decide_OtherSpellingOfAListedHost_IsTheSameHost(string authority) =>
        Questions.Allowed(Table, Questions.Connect(authority, "api.example.com:443"));

    [Theory]
    [InlineData("api.example.com")]
    [InlineData("api.example.com:")]
    [InlineData("api.example.com:0443")]
    [InlineData("api.example.com:+443")]
    [InlineData("api.example.com:443:443")]
    [InlineData("user@api.example.com:443")]
    [InlineData("user:pass@api.example.com:443")]
    [InlineData("api.example.com:65979")]
    [InlineData(" api.example.com:443")]
    [InlineData("api.example.com :443")]
    [InlineData("api.example.com..:443")]
    [InlineData("[api.example.com]:443")]
    [InlineData("api%2eexample.com:443")]
    [InlineData("xapi.example.com:443")]
    [InlineData("api.example.com.evil.example:443")]
    [InlineData("wild.example.com:443")]
    [InlineData("a.b.wild.example.com:443")]
    [InlineData("*.wild.example.com:443")]
    [InlineData("mirror.example.com:80")]
    [InlineData("db.example.com:443")]
    [InlineData("")]
    public void Decide_ConnectToWhatIsNotListed_IsHostNotAllowed(string authority) =>
        Questions.Denied(Table, Questions.Connect(authority, "api.example.com:443"), DenyReason.HostNotAllowed);

    [Fact]
    public void Decide_OtherMethodOnTheConnectHop_IsHostNotAllowed() =>
        Questions.Denied(Table, Questions.Connect("api.example.com:443") with { Method = "GET" }, DenyReason.HostNotAllowed);

    [Fact]
    public void Decide_WithoutIdentity_IsAgentUnknownOnEachHop()
    {
        Questions.Denied(Table, Questions.Connect("api.example.com:443") with { Source = null }, DenyReason.AgentUnknown);
        Questions.Denied(Table, Questions.Plain("mirror.example.com") with { Source = null }, DenyReason.AgentUnknown);
        Questions.Denied(Table, Questions.Web("api.example.com") with { Agent = null }, DenyReason.AgentUnknown);
        Questions.Denied(Table, Questions.Web("api.example.com") with { Hop = AuthzHop.Deny, Agent = null }, DenyReason.AgentUnknown);
        // Each hop has its own witness: the filter chain outside, the outer hop inside.
        Questions.Denied(Table, Questions.Web("api.example.com") with { Agent = null, Source = Questions.Agent }, DenyReason.AgentUnknown);
        Questions.Denied(Table, Questions.Connect("api.example.com:443") with { Source = null, Agent = Questions.Agent }, DenyReason.AgentUnknown);
    }

    [Fact]
    public void Decide_WithoutIdentityAndPolicy_SaysNothingOfThePolicy() =>
        Questions.Denied(null, Questions.Connect("api.example.com:443") with { Source = null }, DenyReason.AgentUnknown);

    [Fact]
    public void Decide_WithoutPolicy_IsPolicyUnavailable() =>
        Questions.Denied(null, Questions.Connect("api.example.com:443"), DenyReason.PolicyUnavailable);

    [Fact]
    public void Decide_EmptyTable_AllowsNothing()
    {
        Questions.Denied(AuthzTable.Empty, Questions.Connect("api.example.com:443"), DenyReason.HostNotAllowed);
        Questions.Denied(AuthzTable.Empty, Questions.Web("api.example.com"), DenyReason.HostNotAllowed);
        Questions.Denied(AuthzTable.Empty, Questions.Plain("api.example.com"), DenyReason.HostNotAllowed);
    }

    [Fact]
    public void Decide_UnknownHop_IsDenied()
    {
        Questions.Denied(Table, Questions.Plain("mirror.example.com") with { Hop = AuthzHop.Unknown }, DenyReason.PolicyUnavailable);
        Questions.Denied(Table, Questions.Plain("mirror.example.com") with { Hop = (AuthzHop)99 }, DenyReason.PolicyUnavailable);
    }

    [Theory]
    [InlineData("api.example.com", "mirror.example.com", "api.example.com:443")]  // SNI
    [InlineData("mirror.example.com", "api.example.com", "api.example.com:443")]  // Host
    [InlineData("api.example.com", "api.example.com", "db.example.com:443")]      // CONNECT
    [InlineData("api.example.com:8443", "api.example.com", "api.example.com:443")] // port of Host
    [InlineData("api.example.com", "api.example.com", "api.example.com:8443")]    // port of CONNECT
    [InlineData("api.example.com", null, "api.example.com:443")]
    [InlineData("api.example.com", "", "api.example.com:443")]
    [InlineData("api.example.com", "api.example.com", null)]
    [InlineData("", "api.example.com", "api.example.com:443")]
    [InlineData("api.example.com, api.example.com", "api.example.com", "api.example.com:443")]
    public void Decide_NamesThatDisagree_AreANameMismatch(string host, string? sni, string? connect) =>
        Questions.Denied(Table, Questions.Web("api.example.com") with { Authority = host, Sni = sni, Connect = connect }, DenyReason.NameMismatch);

    [Fact]
    public void Decide_NamesInOtherSpellings_Agree() =>
        Questions.Allowed(Table, Questions.Web("api.example.com") with { Authority = "Api.example.com:443", Sni = "api.EXAMPLE.com" });

    [Fact]
    public void Decide_OtherPortOfAHost_IsItsOwnEntry()
    {
        AuthzRequest request = Questions.Web("api.example.com", entry: "api.example.com:8443") with { Connect = "api.example.com:8443", Authority = "api.example.com:8443" };
        Assert.Equal("api.example.com:8443", Questions.Allowed(Table, request).Entry);
        Questions.Denied(Table, request with { Entry = "api.example.com:443" }, DenyReason.PolicyUnavailable);
    }

    [Fact]
    public void Decide_RouteOfAnotherEntry_WaitsForTheNewPolicy()
    {
        Questions.Denied(Table, Questions.Connect("api.example.com:443", "**.example.com:443"), DenyReason.PolicyUnavailable);
        Questions.Denied(Table, Questions.Web("api.example.com", entry: "**.example.com:443"), DenyReason.PolicyUnavailable);
        Questions.Denied(Table, Questions.Plain("mirror.example.com", entry: "*.example.com:80"), DenyReason.PolicyUnavailable);
        Questions.Denied(Table, Questions.Web("api.example.com") with { Entry = null }, DenyReason.PolicyUnavailable);
        Assert.Equal("api.example.com:443", Questions.Denied(Table, Questions.Web("api.example.com") with { Entry = null }, DenyReason.PolicyUnavailable).Entry);
    }

    [Fact]
    public void Decide_KindOfTheEntry_BelongsToTheHop()
    {
        Questions.Denied(Table, Questions.Plain("api.example.com:443", entry: "api.example.com:443"), DenyReason.HostNotAllowed);
        Questions.Denied(Table, Questions.Plain("db.example.com:5432", entry: "db.example.com:5432"), DenyReason.HostNotAllowed);
        Questions.Denied(Table, Questions.Web("db.example.com") with { Connect = "db.example.com:5432", Authority = "db.example.com:5432", Entry = "db.example.com:5432" }, DenyReason.HostNotAllowed);
        Questions.Denied(Table, Questions.Web("mirror.example.com") with { Connect = "mirror.example.com:80", Authority = "mirror.example.com:80", Entry = "mirror.example.com:80" }, DenyReason.HostNotAllowed);
    }

    [Theory]
    [InlineData("nobody.example.com:443", "not in the policy")]
    [InlineData("api.example.com:444", "on port 443, 8443 only")]
    [InlineData("mirror.example.com:443", "on port 80, 8080 only")]
    [InlineData("mirror.example.com:80", "for plain http only")]
    [InlineData("a b:443", "needs host:port")]
    public void Decide_UnlistedConnect_SaysWhatToDo(string authority, string hint) =>
        Assert.Contains(hint, Questions.Denied(Table, Questions.Connect(authority), DenyReason.HostNotAllowed).Hint, StringComparison.Ordinal);

    [Fact]
    public void Decide_NoRoute_SaysWhyAndNeverAllows()
    {
        AuthzRequest outside = Questions.Plain("nobody.example.com") with { Hop = AuthzHop.Deny, Entry = null };
        Questions.Denied(Table, outside, DenyReason.HostNotAllowed);
        Assert.Contains("https only", Questions.Denied(Table, outside with { Authority = "api.example.com:443" }, DenyReason.HostNotAllowed).Hint, StringComparison.Ordinal);
        // Listed, and yet no route: Envoy is behind. Still a denial.
        Questions.Denied(Table, outside with { Authority = "mirror.example.com" }, DenyReason.HostNotAllowed);
        Questions.Denied(Table, Questions.Connect("nobody.example.com:443") with { Hop = AuthzHop.Deny }, DenyReason.HostNotAllowed);
    }

    /// <summary>Inside a tunnel the filter chain's identity is not to be seen, only the outer hop's: the reason was "agent unknown", with status 407.</summary>
    [Fact]
    public void Decide_NoRouteInsideATunnel_IsANameMismatch()
    {
        AuthzRequest inside = Questions.Web("api.example.com") with { Hop = AuthzHop.Deny, Entry = null, Authority = "nobody.example.com" };
        Assert.Equal(Questions.Agent, Questions.Denied(Table, inside, DenyReason.NameMismatch).Agent);
        Questions.Denied(Table, inside with { Authority = "a b" }, DenyReason.NameMismatch);
        Questions.Denied(AuthzTable.Empty, inside with { Authority = "api.example.com" }, DenyReason.HostNotAllowed);
    }
}
