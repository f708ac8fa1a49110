// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Compiler.Authz;
using Cagent.ControlPlane.Credentials;
using Envoy.Service.Auth.V3;

namespace Cagent.ExtAuthz.Tests;

/// <summary>A credential in the query and as password: ours is there alone, however the agent spells its own.</summary>
public sealed class InjectionFormTests
{
    private const string Host = "api.example.com";

    [Theory]
    [InlineData("/", "/?")]
    [InlineData("/?", "/?")]
    [InlineData("/v1?a=1&b=2&a=3", "/v1?a=1&b=2&a=3&")]
    [InlineData("/?b&a=&&c=%2b+~'", "/?b&a=&&c=%2b+~'&")]
    [InlineData("/key=1/api_key", "/key=1/api_key?")]
    [InlineData("/?keys=1&aapi_key=2&k=api_key&value=api_key%3D1", "/?keys=1&aapi_key=2&k=api_key&value=api_key%3D1&")]
    [InlineData("/?api_key=x&a=1&api_key=y", "/?a=1&")]
    [InlineData("/?api_key", "/?")]
    [InlineData("/?API_KEY=x", "/?")]
    [InlineData("/?a=1&api%5Fkey=x&api%5fkey=y", "/?a=1&")]
    [InlineData("/?%61%70%69_key=x", "/?")]
    [InlineData("/?api%255Fkey=x", "/?")]
    [InlineData("/?%u0061pi_key=x", "/?")]
    // What PHP takes for it.
    [InlineData("/?api.key=x&api+key=y&api%20key=z&+api_key=w", "/?")]
    [InlineData("/?api_key[]=x&api_key[a]=y&api_key%5B0%5D=z&api_key%00a=w", "/?")]
    // Servers that split at ';' too.
    [InlineData("/?a=1;api_key=x&b=2", "/?a=1&b=2&")]
    [InlineData("/?api_key=x;a", "/?a&")]
    [InlineData("/?a=1;b=2", "/?a=1;b=2&")]
    // A second '?' begins no query, but may stand in a name.
    [InlineData("/?a=?&api_key=1", "/?a=?&")]
    [InlineData("/?%2525252525252525252525a=1", "/?")]
    public void Decide_CredentialInTheQuery_TakesEverySpellingOfTheAgentsAndNothingElse(string path, string before)
    {
        Decision.Allowed allowed = Questions.Allowed(Table("in: query, parameter: api_key"), Questions.Web(Host, path: path));

        Injection injection = Assert.Single(allowed.Injections);
        Assert.Equal(":path", injection.Header);
        Assert.True(injection.Reveal() == $"{before}api_key={FixedCredentials.Value}", $"not {before} and ours: {injection.Query}");
    }

    /// <summary>A route from before the entry had a credential does not search responses for it.</summary>
    [Fact]
    public void Decide_RouteThatGuardsNoResponses_GetsNoCredential()
    {
        AuthzTable with = Table("header: Authorization");
        AuthzTable without = Questions.Table($"  - {{domain: {Host}}}");
        DecisionEngine engine = new(new FixedCredentials());
        AuthzRequest unguarded = Questions.Web(Host);
        AuthzRequest guarded = Questions.Web(Host, entry: $"guarded {Host}:443");

        Assert.Equal(DenyReason.PolicyUnavailable, Assert.IsType<Decision.Denied>(engine.Decide(unguarded, with)).Reason);
        Assert.Single(Assert.IsType<Decision.Allowed>(engine.Decide(guarded, with)).Injections);
        Assert.IsType<Decision.Allowed>(engine.Decide(unguarded, without));
        Assert.IsType<Decision.Allowed>(engine.Decide(guarded, without));
        Assert.IsType<Decision.Denied>(engine.Decide(guarded with { Entry = "guarded other.example.com:443" }, without));
        Assert.IsType<Decision.Allowed>(engine.Decide(Questions.Connect($"{Host}:443"), with));
    }

    [Theory]
    [InlineData("header: Authorization", "header authorization 0 0")]
    [InlineData("header: Authorization, format: \"Bearer {value}\"", "header authorization 7 0")]
    [InlineData("headers: {X-A: \"<{value}>\", X-B: \"{value}\"}", "header x-a 1 1 header x-b 0 0")]
    [InlineData("in: basic", "basic authorization 1 0")]
    [InlineData("in: basic, username: robot", "basic authorization 6 0")]
    [InlineData("in: query, parameter: key", "query key 0 0")]
    [InlineData("in: query, parameter: key, format: \"k {value}/e\"", "query key 4 4")]
    public void From_Injection_SaysWhereItStandsAndNotWhat(string use, string expected)
    {
        CheckResponse response = CheckResponses.From(Questions.Allowed(Table(use), Questions.Web(Host)), Questions.Web(Host), "r", default);

        Assert.Equal(expected, response.DynamicMetadata.Fields["injected"].StringValue);
        Assert.False(response.DynamicMetadata.ToString().Contains(FixedCredentials.Value, StringComparison.Ordinal), "the credential is in the metadata");
    }

    [Fact]
    public void From_CredentialInTheQuery_IsEncoded()
    {
        Injection injection = new(":path", "k {value}", new Secret("a+b/c&d=%")) { Query = new InjectedParameter("/v1?a=1", "key") };
        OkHttpResponse ok = CheckResponses.From(new Decision.Allowed(Questions.Agent, Host, null, [injection], ["authorization"]), Questions.Web(Host), "r", default).OkResponse;

        Assert.Equal((":path", "/v1?a=1&key=k%20a%2Bb%2Fc%26d%3D%25"), (Assert.Single(ok.Headers).Header.Key, ok.Headers[0].Header.Value));
        Assert.Equal(["authorization"], ok.HeadersToRemove);
    }

    [Fact]
    public void Decide_CredentialInTheQuery_DropsTheAgentsCredentialHeadersToo()
    {
        Decision.Allowed allowed = Questions.Allowed(Table("in: query, parameter: key"), Questions.Web(Host));

        Assert.Contains("authorization", allowed.Removals);
        Assert.DoesNotContain(FixedCredentials.Value, allowed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("in: basic, username: robot", "robot")]
    [InlineData("in: basic", "")]
    public void Decide_CredentialAsPassword_IsInTheAuthorizationHeaderAlone(string use, string user)
    {
        Decision.Allowed allowed = Questions.Allowed(Table(use), Questions.Web(Host, path: "/?key=1"));

        Injection injection = Assert.Single(allowed.Injections);
        Assert.Equal("authorization", injection.Header);
        Assert.True(injection.Reveal() == "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{user}:{FixedCredentials.Value}")), "not the name and the password");
        Assert.DoesNotContain("authorization", allowed.Removals);
        Assert.Contains("x-api-key", allowed.Removals);
        Assert.Null(injection.Query);
    }

    private static AuthzTable Table(string use) => Questions.Table($"  - {{domain: {Host}, credential: {{use: known, {use}}}}}");
}
