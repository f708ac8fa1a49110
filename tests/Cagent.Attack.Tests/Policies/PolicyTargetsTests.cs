// SPDX-License-Identifier: Apache-2.0
using Cagent.Attack.Policies;
using Cagent.Compiler.Authz;
using Cagent.Policy;

namespace Cagent.Attack.Tests.Policies;

public sealed class PolicyTargetsTests
{
    private const string Text = """
        version: 1
        credentials: {key: {from: env, name: KEY}}
        domains:
          - {domain: limited.example.com, rate_limit: {requests: 1, per: hour}}
          - {domain: secret.example.com, allow: ["GET /v1/*/x"], credential: {use: key, header: authorization}}
          - {domain: api.example.com, port: 8443, allow: ["POST /v1/**", "GET /v2/**"], deny: ["* /v2/hidden/**"]}
          - {domain: ro.example.com, read_only: true}
          - {domain: pin.example.com, port: 5432, tls: passthrough}
          - {domain: plain.example.com, scheme: http}
          - {domain: up.example.com, allow: ["POST /up"], max_request_body: 2KiB}
          - {domain: "*.wild.example.com"}

        """;

    [Fact]
    public void Find_OfAPolicy_NamesOneOfEachKind()
    {
        AttackTargets targets = Find(Text, null)!;

        Assert.Equal("api.example.com:8443/v2/x", targets.Allowed.ToString());
        Assert.Equal("api.example.com:8443/v2/hidden/x", targets.Denied!.ToString());
        Assert.Equal("ro.example.com:443/x", targets.ReadOnly!.ToString());
        Assert.Equal("pin.example.com:5432", targets.Pinned!.Target);
        Assert.Equal("plain.example.com", targets.Plain!.PlainAuthority);
        Assert.Equal("secret.example.com:443/v1/x/x", targets.Credentialed!.ToString());
        Assert.Equal(("up.example.com:443/up", 2048), (targets.Bounded!.Value.Url.ToString(), targets.Bounded.Value.Bytes));
        Assert.Equal((false, false, true), (targets.AllowsWebSocket, targets.HasAgents, targets.KnowsPolicy));
        Assert.False(targets.IsForbidden("x.wild.example.com", 443));
        Assert.False(targets.IsForbidden("API.example.com", 8443));
        Assert.True(targets.IsForbidden("api.example.com", 443));
        Assert.True(targets.IsForbidden("127.1", 443));
    }

    [Fact]
    public void Find_OfAnAgent_KnowsWhatIsOfOthers()
    {
        string text = Text + """
            agents:
              - {name: a1, identity: {token: {from: env, name: A1}}}
              - name: a2
                identity: {token: {from: env, name: A2}}
                domains: [{domain: two.example.com}, {domain: ro.example.com}]

            """;

        Assert.Equal("two.example.com:443", Assert.Single(Find(text, "a1")!.OfOthers).Target);
        Assert.Empty(Find(text, "a2")!.OfOthers);
        Assert.Null(Find(text, null));
        Assert.Null(Find(text, "a3"));
    }

    [Fact]
    public void Find_WithAUrl_StandsOnItWhenItIsAllowed()
    {
        Assert.Equal("ro.example.com", Find(Text, null, new AttackUrl("ro.example.com", 443))!.Allowed.Host);
        Assert.Null(Find(Text, null, new AttackUrl("evil.example", 443)));
        Assert.Null(Find(Text, null, new AttackUrl("api.example.com", 8443, "/v2/hidden/x")));
        Assert.Null(Find(Text, null, new AttackUrl("pin.example.com", 5432)));
        Assert.Null(Find("version: 1\n", null));
    }

    private static AttackTargets? Find(string text, string? agent, AttackUrl? allowed = null)
    {
        PolicyLoadResult loaded = PolicyLoader.Load(text, "cagent.yaml", new PolicyLoadOptions { Honoured = PolicyFeatures.All });
        Assert.NotNull(loaded.Policy);
        bool isFound = PolicyTargets.TryFind(AuthzTable.From(loaded.Policy), agent, allowed, out AttackTargets? targets, out string? problem);
        Assert.Equal(isFound, problem is null);
        return targets;
    }
}
