// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;

namespace Cagent.ExtAuthz.Tests;

/// <summary>What an entry that was found makes of method, path, upgrade and credential.</summary>
public sealed class EntryRulesTests
{
    private const string Host = "api.example.com";

    private static AuthzTable Entry(string more) => Questions.Table($"  - {{domain: {Host}, {more}}}");

    [Theory]
    [InlineData("GET", "/v1/models")]
    [InlineData("HEAD", "/v1")]
    [InlineData("GET", "/v1/a/b?x=/v2#")]
    public void Decide_AllowedByARule_NamesTheRule(string method, string path) =>
        Assert.Equal("GET,HEAD /v1/**", Questions.Allowed(Entry("allow: [\"GET,HEAD /v1/**\", \"POST /v1/chat\"]"), Questions.Web(Host, method, path)).Rule);

    [Theory]
    [InlineData("POST", "/v1/models", DenyReason.MethodNotAllowed)]
    [InlineData("POST", "/v2", DenyReason.PathNotAllowed)]
    [InlineData("GET", "/V1/models", DenyReason.PathNotAllowed)]
    [InlineData("get", "/v1/models", DenyReason.MethodNotAllowed)]
    [InlineData("TRACE", "/v1/models", DenyReason.MethodNotAllowed)]
    [InlineData("CONNECT", "/v1/models", DenyReason.MethodNotAllowed)]
    [InlineData("BREW", "/v1/models", DenyReason.MethodNotAllowed)]
    [InlineData("", "/v1/models", DenyReason.MethodNotAllowed)]
    public void Decide_NotInTheAllowList_IsDenied(string method, string path, DenyReason reason) =>
        Questions.Denied(Entry("allow: [\"GET /v1/**\", \"POST /v1/chat\"]"), Questions.Web(Host, method, path), reason);

    [Theory]
    [InlineData("TRACE")]
    [InlineData("CONNECT")]
    [InlineData("TRACK")]
    [InlineData("BREW")]
    public void Decide_ForbiddenMethod_IsDeniedWithoutAnyRule(string method) =>
        Questions.Denied(Entry("description: all"), Questions.Web(Host, method), DenyReason.MethodNotAllowed);

    [Fact]
    public void Decide_EntryWithoutRules_AllowsEverything() =>
        Assert.Null(Questions.Allowed(Entry("description: all"), Questions.Web(Host, "DELETE", "/x/%2f/y")).Rule);

    [Theory]
    [InlineData("/admin")]
    [InlineData("/admin/x")]
    [InlineData("/admin/")]
    [InlineData("/admin;x=1/y")]
    [InlineData("/admin%3Bx=1/y")]
    [InlineData("/admin%2Fx")]
    [InlineData("/admin%2fx?y")]
    [InlineData("/admin%2F%2Fx")]
    public void Decide_DenyBeatsAllow_WithEveryReading(string path)
    {
        AuthzTable table = Entry("allow: [\"* /**\"], deny: [\"* /admin/**\"]");
        Assert.Contains("deny rule", Questions.Denied(table, Questions.Web(Host, "GET", path), DenyReason.PathNotAllowed).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_DenyOfAnotherMethod_DoesNotCount() =>
        Questions.Allowed(Entry("deny: [\"DELETE /admin/**\"]"), Questions.Web(Host, "GET", "/admin/x"));

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("v1")]
    [InlineData("//v1")]
    [InlineData("/v1/../v2")]
    [InlineData("/v1/%2e%2e/v2")]
    [InlineData("/v1/..%2fv2")]
    [InlineData("/v1/..;/v2")]
    [InlineData("/v1/%252e%252e/v2")]
    [InlineData("/v1\\v2")]
    [InlineData("/v1/%5c")]
    [InlineData("/v1/%00")]
    [InlineData("/v1/%c0%af")]
    [InlineData("/v1/%zz")]
    [InlineData("/v1 /x")]
    [InlineData("/v1/é")]
    [InlineData("http://other.example.com/v1")]
    public void Decide_PathWithoutCanonicalForm_IsDeniedEvenIfAllIsAllowed(string path) =>
        Questions.Denied(Entry("description: all"), Questions.Web(Host, "GET", path), DenyReason.PathNotAllowed);

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("OPTIONS", true)]
    [InlineData("POST", false)]
    [InlineData("PROPFIND", false)]
    public void Decide_ReadOnlyEntry_AllowsReadingOnly(string method, bool isAllowed)
    {
        AuthzTable table = Entry("read_only: true");
        if (isAllowed)
        {
            Questions.Allowed(table, Questions.Web(Host, method));
        }
        else
        {
            Questions.Denied(table, Questions.Web(Host, method), DenyReason.ReadOnly);
        }
    }

    [Theory]
    [InlineData("websocket", true)]
    [InlineData("WebSocket", true)]
    [InlineData("h2c", false)]
    [InlineData("websocket,h2c", false)]
    [InlineData("websocket ", false)]
    [InlineData("", false)]
    public void Decide_Upgrade_IsAllowedForWebSocketOnly(string upgrade, bool isAllowed)
    {
        AuthzRequest request = Questions.Web(Host) with { Upgrade = upgrade };
        Assert.Equal(isAllowed, Questions.Decide(Entry("websocket: true"), request) is Decision.Allowed);
        Questions.Denied(Entry("description: none"), request, DenyReason.MethodNotAllowed);
    }

    [Fact]
    public void Decide_Upgrade_NeedsThePathToo() =>
        Questions.Denied(Entry("websocket: true, allow: [\"GET /ws\"]"), Questions.Web(Host, "GET", "/other") with { Upgrade = "websocket" }, DenyReason.PathNotAllowed);

    [Fact]
    public void Decide_Credential_ReplacesWhateverTheAgentHas()
    {
        Decision.Allowed allowed = Questions.Allowed(
            Entry("credential: {use: known, header: X-Api-Key, format: \"Key {value}\"}"), Questions.Web(Host));
        Injection injection = Assert.Single(allowed.Injections);
        Assert.Equal("x-api-key", injection.Header);
        Assert.True(injection.Reveal() == $"Key {FixedCredentials.Value}", "the format was not filled");
        Assert.Contains("authorization", allowed.Removals);
        Assert.Contains("cookie", allowed.Removals);
        Assert.DoesNotContain("x-api-key", allowed.Removals); // overwritten, not removed: Envoy removes after it sets
        Assert.DoesNotContain(FixedCredentials.Value, allowed.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(FixedCredentials.Value, injection.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_CredentialOnADeniedRequest_IsNotRead()
    {
        AuthzTable table = Entry("allow: [\"GET /v1/**\"], credential: {use: missing, header: Authorization}");
        Questions.Denied(table, Questions.Web(Host, "GET", "/v2"), DenyReason.PathNotAllowed);
    }

    [Fact]
    public void Decide_UnavailableCredential_NeverFallsThrough()
    {
        Decision.Denied denied = Questions.Denied(
            Entry("credential: {use: missing, header: Authorization}"), Questions.Web(Host), DenyReason.CredentialUnavailable);
        Assert.Contains("\"missing\"", denied.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_EntryWithoutCredential_LeavesTheAgentsHeadersAlone()
    {
        Decision.Allowed allowed = Questions.Allowed(Entry("description: none"), Questions.Web(Host));
        Assert.Empty(allowed.Injections);
        Assert.Empty(allowed.Removals);
    }

    [Fact]
    public void Decide_Connect_InjectsNothing() =>
        Assert.Empty(Questions.Allowed(Entry("credential: {use: known, header: Authorization}"), Questions.Connect($"{Host}:443")).Injections);

    /// <summary>The first that applies is the reason: method, upgrade, path, read-only, deny, allow, credential.</summary>
    [Fact]
    public void Decide_SeveralReasons_TheFirstIsTold()
    {
        AuthzTable table = Entry("read_only: true, deny: [\"* /admin/**\"], credential: {use: missing, header: Authorization}");
        Questions.Denied(table, Questions.Web(Host, "TRACE", "//") with { Upgrade = "h2c" }, DenyReason.MethodNotAllowed);
        Questions.Denied(table, Questions.Web(Host, "POST", "//"), DenyReason.PathNotAllowed);
        Questions.Denied(table, Questions.Web(Host, "POST", "/admin/x"), DenyReason.ReadOnly);
        Questions.Denied(table, Questions.Web(Host, "GET", "/admin/x"), DenyReason.PathNotAllowed);
        Questions.Denied(table, Questions.Web(Host, "GET", "/x"), DenyReason.CredentialUnavailable);
    }
}
