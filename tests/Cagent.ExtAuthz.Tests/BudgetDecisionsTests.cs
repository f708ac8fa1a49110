// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.Compiler.Authz;
using Cagent.ControlPlane.Budgets;
using Envoy.Config.Core.V3;
using Envoy.Service.Auth.V3;

namespace Cagent.ExtAuthz.Tests;

/// <summary>What an agent reads of its budget.</summary>
public sealed class BudgetDecisionsTests
{
    private static readonly DateTimeOffset Reset = new(2026, 6, 1, 13, 0, 0, TimeSpan.Zero);
    private static readonly Decision.Allowed Allowed = new("robot", "api.example.com:443", "GET /**", [], []) { IsMetered = true };

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(80, 0, "requests;used=80;reset=1801")]
    [InlineData(0, 95, "bytes;used=95;reset=1801")]
    [InlineData(100, 80, "requests;used=100;reset=1801, bytes;used=80;reset=1801")]
    public void Apply_Reserved_WarnsFrom80PerCentOn(int requests, int bytes, string? warning)
    {
        CheckResponse response = Answer(BudgetVerdict.Reserved, requests, bytes);
        Assert.Equal(warning, response.OkResponse.ResponseHeadersToAdd.SingleOrDefault()?.Header.Value);
        Assert.Equal("yes", response.DynamicMetadata.Fields["counted"].StringValue);
    }

    [Theory]
    [InlineData(BudgetVerdict.NoRequests, "1801")]
    [InlineData(BudgetVerdict.NoBytes, "1801")]
    [InlineData(BudgetVerdict.Held, "1")]
    public void Apply_UsedUp_DeniesWithTheTimeToWait(BudgetVerdict verdict, string retryAfter)
    {
        CheckResponse response = Answer(verdict, 100, 100);
        Assert.Equal(429, (int)response.DeniedResponse.Status.Code);
        Assert.Equal([("content-type", "application/json"), ("x-cagent-denied", "budget_exhausted"), ("retry-after", retryAfter)], response.DeniedResponse.Headers.Select(Pair));
        using JsonDocument body = JsonDocument.Parse(response.DeniedResponse.Body);
        Assert.Equal(("budget_exhausted", "2026-06-01T13:00:00Z"), (body.RootElement.GetProperty("reason").GetString(), body.RootElement.GetProperty("resets_at").GetString()));
        Assert.False(response.DynamicMetadata.Fields.ContainsKey("counted"));
    }

    [Theory]
    [InlineData(BudgetVerdict.Unavailable)]
    [InlineData((BudgetVerdict)99)]
    public void Apply_NoAnswer_IsADenial(BudgetVerdict verdict)
    {
        CheckResponse response = Answer(verdict, 0, 0);
        Assert.Equal(503, (int)response.DeniedResponse.Status.Code);
        Assert.Contains(("x-cagent-denied", DenyReason.PolicyUnavailable.WireName()), response.DeniedResponse.Headers.Select(Pair));
    }

    private static (string, string) Pair(HeaderValueOption header) => (header.Header.Key, header.Header.Value);

    private static CheckResponse Answer(BudgetVerdict verdict, int requests, int bytes) => CheckResponses.From(
        BudgetDecisions.Apply(Allowed, new BudgetAnswer(verdict, Reset, TimeSpan.FromSeconds(1800.2), requests, bytes)), Questions.Web("api.example.com"), "abc", default);
}
