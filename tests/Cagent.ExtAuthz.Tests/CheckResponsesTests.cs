// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Limits;
using Cagent.Policy.Model;
using System.Text.Json;
using Cagent.ControlPlane.Credentials;
using Envoy.Config.Core.V3;
using Envoy.Service.Auth.V3;
using Envoy.Type.V3;
using AppendAction = Envoy.Config.Core.V3.HeaderValueOption.Types.HeaderAppendAction;

namespace Cagent.ExtAuthz.Tests;

/// <summary>An allow carries the credential in the header that the policy names; nothing else ever carries it.</summary>
public sealed class CheckResponsesTests
{
    private static readonly AuthzRequest Request = Questions.Web("api.example.com");

    private static readonly Decision.Allowed Allowed = new(
        "robot", "api.example.com:443", "GET /**", [new Injection("x-api-key", "Key {value}", new Secret(FixedCredentials.Value))], ["authorization", "cookie"]);

    [Fact]
    public void From_Allowed_OverwritesOneHeaderAndRemovesTheOthers()
    {
        CheckResponse response = CheckResponses.From(Allowed, Request, "abc", default);
        Assert.Equal(0, response.Status.Code);
        Assert.Equal(CheckResponse.HttpResponseOneofCase.OkResponse, response.HttpResponseCase);
        HeaderValueOption header = Assert.Single(response.OkResponse.Headers);
        Assert.Equal("x-api-key", header.Header.Key);
        Assert.True(header.Header.Value == $"Key {FixedCredentials.Value}", "the header is not the filled format");
        Assert.Equal(AppendAction.OverwriteIfExistsOrAdd, header.AppendAction);
        Assert.Equal(["authorization", "cookie"], response.OkResponse.HeadersToRemove);
    }

    [Fact]
    public void From_Allowed_DescribesItselfWithoutTheCredential()
    {
        CheckResponse response = CheckResponses.From(Allowed, Request, "abc", default);
        Assert.Equal(
            ["agent=robot", "entry=api.example.com:443", "injected=header x-api-key 4 0", "limit=none", "revision=abc", "rule=GET /**"],
            response.DynamicMetadata.Fields.Select(field => $"{field.Key}={field.Value.StringValue}").Order(StringComparer.Ordinal));
        response.OkResponse.Headers.Clear();
        Assert.False(response.ToString().Contains(FixedCredentials.Value, StringComparison.Ordinal), "the credential stands outside of its header");
    }

    /// <summary>Envoy counts by these names alone; an agent's own entry has a bucket beside that of the shared one.</summary>
    [Theory]
    [InlineData(RateLimitKey.Agent, null, "limit=60/3600s+5,limit_agent=robot,limit_entry=api.example.com:443")]
    [InlineData(RateLimitKey.Domain, null, "limit=60/3600s+5,limit_agent=*,limit_entry=api.example.com:443")]
    [InlineData(RateLimitKey.Agent, "robot", "limit=60/3600s+5,limit_agent=robot,limit_entry=robot/api.example.com:443")]
    [InlineData(RateLimitKey.Domain, "rob*", "limit=60/3600s+5,limit_agent=*,limit_entry=rob*/api.example.com:443")]
    public void From_AllowedWithRateLimit_NamesTheBucket(RateLimitKey key, string? owner, string expected)
    {
        CheckResponse response = CheckResponses.From(Allowed with { RateLimit = new EntryRateLimit("api.example.com:443", owner, 60, 3600, 5, key) }, Request, "abc", default);
        Assert.Equal(expected, string.Join(',', response.DynamicMetadata.Fields.Where(field => field.Key.StartsWith("limit", StringComparison.Ordinal))
            .Select(field => $"{field.Key}={field.Value.StringValue}").Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(DenyReason.HostNotAllowed, 403)]
    [InlineData(DenyReason.PathNotAllowed, 403)]
    [InlineData(DenyReason.MethodNotAllowed, 403)]
    [InlineData(DenyReason.ReadOnly, 403)]
    [InlineData(DenyReason.AgentUnknown, 407)]
    [InlineData(DenyReason.NameMismatch, 403)]
    [InlineData(DenyReason.BodyTooLarge, 413)]
    [InlineData(DenyReason.PlaceholderRequired, 403)]
    [InlineData(DenyReason.CredentialUnavailable, 503)]
    [InlineData(DenyReason.PolicyUnavailable, 503)]
    public void From_Denied_SaysWhyInStatusHeaderBodyAndMetadata(DenyReason reason, int status)
    {
        CheckResponse response = CheckResponses.From(new Decision.Denied("robot", "e:443", reason, "do this"), Questions.Connect("e:443"), "abc", default);
        Assert.Equal(7, response.Status.Code);
        DeniedHttpResponse denied = response.DeniedResponse;
        Assert.Equal(status, (int)denied.Status.Code);
        Assert.Equal(reason.WireName(), Header(denied, "x-cagent-denied"));
        Assert.Equal("application/json", Header(denied, "content-type"));
        Assert.Equal(reason == DenyReason.AgentUnknown, denied.Headers.Any(header => header.Header.Key == "proxy-authenticate"));
        using JsonDocument body = JsonDocument.Parse(denied.Body);
        Assert.Equal(
            ["error=denied", $"reason={reason.WireName()}", "id=r-1", "hint=do this"],
            body.RootElement.EnumerateObject().Select(property => $"{property.Name}={property.Value.GetString()}"));
        Assert.Equal(reason.WireName(), response.DynamicMetadata.Fields["reason"].StringValue);
    }

    /// <summary>Who was redirected speaks to no proxy, and no client would know what to do about a 407.</summary>
    [Fact]
    public void From_UnknownAndRedirected_AsksForNoToken()
    {
        Decision decision = new Decision.Denied(null, null, DenyReason.AgentUnknown, "do this");
        DeniedHttpResponse denied = CheckResponses.From(decision, Questions.Plain("e") with { Source = "unknown@10.0.0.1" }, "abc", default).DeniedResponse;
        Assert.Equal(403, (int)denied.Status.Code);
        Assert.Equal("agent_unknown", Header(denied, "x-cagent-denied"));
        Assert.DoesNotContain(denied.Headers, header => header.Header.Key == "proxy-authenticate");
    }

    [Fact]
    public void WireName_EveryReason_IsItsOwn()
    {
        DenyReason[] reasons = Enum.GetValues<DenyReason>();
        Assert.Equal(reasons.Length, reasons.Select(reason => reason.WireName()).Distinct().Count());
        Assert.All(reasons, reason => Assert.Equal(JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()), reason.WireName()));
    }

    [Theory]
    [InlineData("say \"no\"")]
    [InlineData("a\nb\tc\\d\u0001")]
    [InlineData("</script>é\u2028")]
    public void From_DeniedWithAnyText_IsValidJson(string hint)
    {
        CheckResponse response = CheckResponses.From(new Decision.Denied(null, null, DenyReason.HostNotAllowed, hint), Request with { RequestId = hint }, "", default);
        using JsonDocument body = JsonDocument.Parse(response.DeniedResponse.Body);
        Assert.Equal(hint, body.RootElement.GetProperty("hint").GetString());
        Assert.Equal(hint, body.RootElement.GetProperty("id").GetString());
        Assert.DoesNotContain('\n', response.DeniedResponse.Body);
    }

    /// <summary>Whatever the agent sends, and whatever the entry would inject, a denial holds none of it.</summary>
    [Fact]
    public void From_Denied_HoldsNoSecretAndNothingOfTheRequest()
    {
        var table = Questions.Table("  - {domain: api.example.com, allow: [\"GET /v1/**\"], credential: {use: known, header: Authorization}}");
        AuthzRequest request = Questions.Web("api.example.com", "GET", "/secret-of-the-agent");
        string response = CheckResponses.From(Questions.Decide(table, request), request, "", default).ToString();
        Assert.False(response.Contains(FixedCredentials.Value, StringComparison.Ordinal), "the credential is in a denial");
        Assert.DoesNotContain("secret-of-the-agent", response, StringComparison.Ordinal);
    }

    [Fact]
    public void From_UnknownDecision_IsADenial()
    {
        CheckResponse response = CheckResponses.From(new Foreign(), Request, "", default);
        Assert.Equal(StatusCode.ServiceUnavailable, response.DeniedResponse.Status.Code);
    }

    private static string? Header(DeniedHttpResponse response, string name) => Assert.Single(response.Headers, header => header.Header.Key == name).Header.Value;

    private sealed record Foreign() : Decision("robot", null);
}
