// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Attack.Client;

namespace Cagent.Attack.Tests;

/// <summary>Only the denial that belongs to an attack proves that it is blocked.</summary>
public sealed class ExpectationTests
{
    private const string Refused = "{\"error\":\"refused\",\"reason\":\"bad_request\"}";

    [Theory]
    [InlineData(403, "host_not_allowed", "", AttackVerdict.Passed)]
    [InlineData(404, "host_not_allowed", "", AttackVerdict.Passed)]
    [InlineData(400, null, Refused, AttackVerdict.Passed)]
    [InlineData(403, "path_not_allowed", "", AttackVerdict.Failed)]
    [InlineData(200, "host_not_allowed", "", AttackVerdict.Failed)]
    [InlineData(200, null, Refused, AttackVerdict.Failed)]
    [InlineData(200, null, "", AttackVerdict.Failed)]
    [InlineData(403, null, "", AttackVerdict.Failed)]
    [InlineData(400, null, "Bad Request", AttackVerdict.Failed)]
    [InlineData(502, null, "{\"error\":\"upstream_failed\"}", AttackVerdict.Failed)]
    [InlineData(429, "rate_limited", "", AttackVerdict.Inconclusive)]
    [InlineData(503, "policy_unavailable", "", AttackVerdict.Inconclusive)]
    [InlineData(407, "agent_unknown", "", AttackVerdict.Inconclusive)]
    public void Judge_Http_IsPassedByItsOwnDenialOnly(int status, string? denied, string body, AttackVerdict verdict) =>
        Assert.Equal(verdict, Expectation.NoHost.Judge(Http(status, denied, body)));

    [Fact]
    public void Judge_MissingIdentity_IsADenialWhereItIsExpected()
    {
        Assert.Equal(AttackVerdict.Passed, Expectation.NoAgent.Judge(Http(407, "agent_unknown", "")));
        Assert.Equal(AttackVerdict.Failed, Expectation.NoAgent.Judge(Http(403, "host_not_allowed", "")));
    }

    [Theory]
    [InlineData("Closed", AttackVerdict.Passed, AttackVerdict.Failed)]
    [InlineData("Alert", AttackVerdict.Passed, AttackVerdict.Failed)]
    [InlineData("Tls", AttackVerdict.Failed, AttackVerdict.Failed)]
    [InlineData("Silence", AttackVerdict.Failed, AttackVerdict.Failed)]
    [InlineData("Bytes", AttackVerdict.Failed, AttackVerdict.Failed)]
    [InlineData("NoProxy", AttackVerdict.Inconclusive, AttackVerdict.Inconclusive)]
    public void Judge_OtherThanHttp_GoesByItsKind(string kind, AttackVerdict ofHello, AttackVerdict ofHost)
    {
        Answer answer = Answer.Of(Enum.Parse<AnswerKind>(kind), "");

        Assert.Equal(ofHello, Expectation.NoTls.Judge(answer));
        Assert.Equal(ofHost, Expectation.NoHost.Judge(answer));
    }

    [Fact]
    public void Judge_Http2_GoesByTheTypedBody()
    {
        Answer denied = Answer.OfHttp2(Encoding.UTF8.GetBytes("{\"error\":\"denied\",\"reason\":\"name_mismatch\"}"));
        Answer allowed = Answer.OfHttp2(Encoding.UTF8.GetBytes("{\"path\":\"/\"}"));

        Assert.Equal((AttackVerdict.Passed, false), (Expectation.Mismatch.Judge(denied), denied.IsFromUpstream));
        Assert.Equal((AttackVerdict.Failed, true), (Expectation.Mismatch.Judge(allowed), allowed.IsFromUpstream));
    }

    internal static Answer Http(int status, string? denied, string body) =>
        Answer.OfHttp(status, denied is null ? [] : [KeyValuePair.Create("X-Cagent-Denied", denied)], Encoding.UTF8.GetBytes(body));
}
