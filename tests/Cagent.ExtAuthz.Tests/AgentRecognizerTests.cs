// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Cagent.Compiler;
using Cagent.Compiler.Authz;
using Cagent.ControlPlane.Credentials;
using Cagent.Policy;
using Google.Protobuf;

namespace Cagent.ExtAuthz.Tests;

/// <summary>Who is who: by the filter chain's word, by a token, by both; and in doubt nobody.</summary>
public sealed class AgentRecognizerTests
{
    private const string Entry = "shared.example.com:443";

    private static readonly AuthzTable Table = Compile("""
        version: 1
        domains:
          - {domain: shared.example.com}
          - {domain: hidden.example.com}
        agents:
          - {name: blue, identity: {source: 172.30.0.1}, domains: [{domain: hidden.example.com, read_only: true}, {domain: own.example.com}]}
          - {name: "green-*", identity: {source: 172.30.1.0/24}}
          - {name: ci, identity: {token: {from: env, name: CI}}}
          - {name: both, identity: {token: {from: env, name: BOTH}, source: 172.30.2.0/24}}
          - {name: twin-a, identity: {token: {from: env, name: A}}}
          - {name: twin-b, identity: {token: {from: env, name: B}}}
          - {name: turning, identity: {token: [{from: env, name: OLD}, {from: file, path: /run/new}]}}
          - {name: alone, identity: {token: [{from: env, name: LEFT}, {from: env, name: SAME}]}}
          - {name: unset, identity: {token: {from: env, name: UNSET}}}
          - {name: halted, identity: {token: {from: env, name: HALTED}}, quarantined: true}
          - {name: stopped, identity: {source: 172.30.3.1}, quarantined: true}
        """);

    [Theory]
    [InlineData("blue", null, "blue")]
    [InlineData("green-*", null, "green-*")]
    [InlineData("token@10.0.0.1", "Bearer of-ci", "ci")]
    [InlineData("token@10.0.0.1", "bearer of-ci", "ci")]
    [InlineData("token@10.0.0.1", "Basic ci:of-ci", "ci")]
    [InlineData("token@10.0.0.1", "Basic :of-ci", "ci")]
    [InlineData("token@172.30.2.9", "Bearer of-both", "both")]
    [InlineData("token@fd00::1", "Bearer of-ci", "ci")]
    // Of two tokens either will do, also while both are one.
    [InlineData("token@10.0.0.1", "Bearer of-turning-old", "turning")]
    [InlineData("token@10.0.0.1", "Basic turning:of-turning-new", "turning")]
    [InlineData("token@10.0.0.1", "Bearer of-alone", "alone")]
    public void Decide_OnTheOuterHop_KnowsTheAgent(string source, string? presented, string agent)
    {
        Decision.Allowed allowed = Assert.IsType<Decision.Allowed>(Decide(source, presented));
        Assert.Equal((agent, Entry, Entry), (allowed.Agent, allowed.Entry, allowed.Route));
    }

    [Theory]
    // The chain of an agent that is gone, or that another policy had.
    [InlineData("red", null)]
    [InlineData("anonymous", null)]
    [InlineData("green-1", null)]
    [InlineData("Blue", null)]
    [InlineData("", null)]
    // Known by a token only, and not by what the chain says.
    [InlineData("ci", null)]
    [InlineData("both", null)]
    // An address has no token.
    [InlineData("blue", "Bearer of-ci")]
    [InlineData("blue", "Basic blue:")]
    [InlineData("blue", "")]
    [InlineData("token@10.0.0.1", null)]
    [InlineData("token@10.0.0.1", "")]
    [InlineData("token@10.0.0.1", "Bearer")]
    [InlineData("token@10.0.0.1", "Bearer ")]
    [InlineData("token@10.0.0.1", "Bearer of-c")]
    [InlineData("token@10.0.0.1", "Bearer of-cii")]
    [InlineData("token@10.0.0.1", "Bearer OF-CI")]
    [InlineData("token@10.0.0.1", "Bearer of-ci,Bearer of-ci")]
    [InlineData("token@10.0.0.1", "Bearer of-ci, of-ci")]
    [InlineData("token@10.0.0.1", "of-ci")]
    [InlineData("token@10.0.0.1", "Token of-ci")]
    [InlineData("token@10.0.0.1", "Basic both:of-ci")]
    [InlineData("token@10.0.0.1", "Basic ci")]
    [InlineData("token@10.0.0.1", "Basic of-ci:")]
    // Two agents have this value, so it tells nobody.
    [InlineData("token@10.0.0.1", "Bearer of-twins")]
    [InlineData("token@10.0.0.1", "Bearer unset")]
    [InlineData("token@10.0.0.1", "Basic unset:")]
    // The right token from elsewhere.
    [InlineData("token@172.30.3.1", "Bearer of-both")]
    [InlineData("token@", "Bearer of-ci")]
    [InlineData("token@x", "Bearer of-ci")]
    // Redirected, and nobody's address: a token does not help there.
    [InlineData("unknown@10.0.0.1", null)]
    [InlineData("unknown@10.0.0.1", "Bearer of-ci")]
    [InlineData("unknown@blue", null)]
    public void Decide_OnTheOuterHop_InDoubtIsAgentUnknown(string source, string? presented)
    {
        Decision.Denied denied = Assert.IsType<Decision.Denied>(Decide(source, presented));
        Assert.Equal((DenyReason.AgentUnknown, null), (denied.Reason, denied.Agent));
        Assert.NotEqual("", denied.Hint);
    }

    [Theory]
    [InlineData("token@10.0.0.1", "Bearer of-halted", "halted")]
    [InlineData("stopped", null, "stopped")]
    [InlineData("quarantined@stopped", null, "stopped")]
    // The chain of the quarantine, just released.
    [InlineData("quarantined@blue", null, "blue")]
    public void Decide_OfAnAgentInQuarantine_IsThatWhateverItAsksFor(string source, string? presented, string agent)
    {
        foreach (AuthzRequest request in (AuthzRequest[])
            [Questions.Connect(Entry), Questions.Connect("unlisted.example.com:1"), Questions.Connect("no host"), Questions.Plain("x"), Questions.Connect("x") with { Hop = AuthzHop.Deny }])
        {
            Decision.Denied denied = Assert.IsType<Decision.Denied>(Decide(request with { Source = source, ProxyAuthorization = Header(presented) }));
            Assert.Equal((DenyReason.AgentQuarantined, agent), (denied.Reason, denied.Agent));
        }
    }

    /// <summary>Inside, what the outer hop found out is the agent; nothing is asked again, and nothing that is sent there counts.</summary>
    [Fact]
    public void Decide_InsideATunnel_TakesTheOuterHopsWord()
    {
        AuthzRequest request = Questions.Web("hidden.example.com") with { Agent = "ci" };
        Assert.Equal("hidden.example.com:443", Assert.IsType<Decision.Allowed>(Decide(request)).Route);
        Assert.Equal("hidden.example.com:443/blue", Assert.IsType<Decision.Allowed>(Decide(request with { Agent = "blue", Entry = "hidden.example.com:443/blue" })).Route);
        Assert.Equal(DenyReason.AgentUnknown, Assert.IsType<Decision.Denied>(Decide(request with { Agent = "green-1" })).Reason);
        Assert.Equal(DenyReason.AgentQuarantined, Assert.IsType<Decision.Denied>(Decide(request with { Agent = "halted" })).Reason);
        Assert.Equal("ci", Decide(request with { ProxyAuthorization = Header("Bearer of-both") }).Agent);
    }

    /// <summary>While routes are replaced: the shared entry's route asks for who has an own entry by now, and the other way round.</summary>
    [Fact]
    public void Decide_RouteOfAnotherOwner_IsPolicyUnavailable()
    {
        AuthzRequest web = Questions.Web("hidden.example.com") with { Agent = "blue" };
        Assert.Equal(DenyReason.PolicyUnavailable, Assert.IsType<Decision.Denied>(Decide(web)).Reason);
        Assert.Equal(DenyReason.PolicyUnavailable, Assert.IsType<Decision.Denied>(Decide(web with { Agent = "ci", Entry = "hidden.example.com:443/blue" })).Reason);
        // Outside there is no other route yet; by the answer Envoy chooses it.
        Assert.Equal("hidden.example.com:443/blue", Assert.IsType<Decision.Allowed>(Decide(Questions.Connect("hidden.example.com:443") with { Source = "blue" })).Route);
        Assert.Equal("own.example.com:443/blue", Assert.IsType<Decision.Allowed>(Decide(Questions.Connect("own.example.com:443") with { Source = "blue", Entry = null })).Route);
        Assert.Equal(DenyReason.PolicyUnavailable, Assert.IsType<Decision.Denied>(Decide(Questions.Connect(Entry) with { Source = "blue", Entry = null })).Reason);
    }

    /// <summary>
    /// The chain, or the tunnel, is of a policy that knew the agent by another address, which may be somebody else's by now. A token is
    /// looked at anew, and inside a tunnel of who is known by it alone there is nothing to compare.
    /// </summary>
    [Theory]
    [InlineData("")]
    [InlineData("0123456789ab")]
    public void Decide_RecognisedByAnotherPolicy_IsPolicyUnavailable(string identity)
    {
        AuthzRequest outside = Questions.Connect("hidden.example.com:443") with { Source = "blue", Identity = identity };
        AuthzRequest inside = Questions.Web("hidden.example.com") with { Agent = "blue", Entry = "hidden.example.com:443/blue", Identity = identity };
        foreach (AuthzRequest request in (AuthzRequest[])[outside, outside with { Hop = AuthzHop.Plain }, inside, inside with { Agent = "both" }])
        {
            Assert.Equal(DenyReason.PolicyUnavailable, Assert.IsType<Decision.Denied>(Decide(request)).Reason);
        }

        Assert.IsType<Decision.Allowed>(Decide(Questions.Connect(Entry) with { Source = "token@10.0.0.1", Identity = identity, ProxyAuthorization = Header("Bearer of-ci") }));
        Assert.Equal(identity.Length == 0, Decide(inside with { Agent = "ci", Entry = "hidden.example.com:443" }) is Decision.Allowed);
    }

    /// <summary>What a tunnel carries inside is what the next policy compares.</summary>
    [Fact]
    public void Decide_OfATunnel_TellsHowTheAgentWasRecognised()
    {
        Assert.Equal(Table.FindDeclared("blue")!.Mark, Decide(Questions.Connect("own.example.com:443") with { Source = "blue" }).Identity);
        Assert.NotEqual(Table.FindDeclared("blue")!.Mark, Table.FindDeclared("green-*")!.Mark);
        Assert.Equal("", Decide("token@10.0.0.1", "Bearer of-ci").Identity);
    }

    [Fact]
    public void Request_WithAToken_DoesNotShowIt() =>
        Assert.DoesNotContain("of-ci", (Questions.Connect(Entry) with { ProxyAuthorization = Header("Bearer of-ci") }).ToString(), StringComparison.Ordinal);

    private static Decision Decide(string source, string? presented) => Decide(Questions.Connect(Entry) with { Source = source, ProxyAuthorization = Header(presented) });

    /// <summary>Recognised as the policy says, unless the request says otherwise.</summary>
    private static Decision Decide(AuthzRequest request) => new DecisionEngine(new Tokens()).Decide(
        request with { Identity = request.Identity ?? Table.FindDeclared((request.Hop == AuthzHop.Web ? request.Agent : request.Source) ?? "")?.Mark }, Table);

    /// <summary>Basic is written with its plain text here.</summary>
    private static Secret? Header(string? presented) => presented is null ? null
        : new Secret(presented.StartsWith("Basic ", StringComparison.Ordinal) ? "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(presented["Basic ".Length..])) : presented);

    private static AuthzTable Compile(string text)
    {
        PolicyLoadResult loaded = PolicyLoader.Load(text, "cagent.yaml", new PolicyLoadOptions { Honoured = PolicyFeatures.All });
        Assert.True(loaded.Policy is not null, string.Join('\n', loaded.Diagnostics));
        return PolicyCompiler.Compile(loaded.Policy, new CompilerInputs
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 3128),
            SystemResolvers = [new IPEndPoint(IPAddress.Loopback, 53)],
            PublicCa = ByteString.CopyFromUtf8("public roots"),
        }).Authz;
    }

    private sealed class Tokens : ICredentialStore
    {
        private static readonly Dictionary<string, string> Values = new()
        {
            ["token@ci (variable CI)"] = "of-ci", ["token@both (variable BOTH)"] = "of-both", ["token@twin-a (variable A)"] = "of-twins", ["token@twin-b (variable B)"] = "of-twins",
            ["token@halted (variable HALTED)"] = "of-halted", ["token@turning (variable OLD)"] = "of-turning-old", ["token@turning (file /run/new)"] = "of-turning-new",
            ["token@alone (variable LEFT)"] = "of-alone", ["token@alone (variable SAME)"] = "of-alone",
        };

        public void Configure(ImmutableArray<CredentialDefinition> definitions)
        {
        }

        public CredentialReading Read(string name) => Values.TryGetValue(name, out string? value)
            ? CredentialReading.Available(new Secret(value)).Digested()
            : CredentialReading.Unavailable("it is not set");
    }
}
