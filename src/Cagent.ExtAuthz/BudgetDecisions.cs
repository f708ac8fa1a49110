// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Compiler.Authz;
using Cagent.ControlPlane.Budgets;

namespace Cagent.ExtAuthz;

/// <summary>What a budget's answer makes of a decision. Pure.</summary>
internal static class BudgetDecisions
{
    private const int SoonSeconds = 1;

    /// <summary>The decision, perhaps with a warning, or a denial.</summary>
    public static Decision Apply(Decision.Allowed allowed, in BudgetAnswer answer) => answer.Verdict switch
    {
        BudgetVerdict.Reserved => allowed with { IsCounted = true, BudgetWarning = Warning(answer) },
        BudgetVerdict.NoRequests => Exhausted(allowed, answer, "This agent has used up the requests of its budget."),
        BudgetVerdict.NoBytes => Exhausted(allowed, answer, "This agent has used up the bytes of its budget, or announces more than is left."),
        BudgetVerdict.Held => new Decision.Denied(allowed.Agent, allowed.Entry, DenyReason.BudgetExhausted, "What is left of this agent's budget is held by its requests that run; try again when they have ended.")
        {
            RetryAfter = SoonSeconds,
            ResetsAt = answer.ResetsAt,
        },
        _ => new Decision.Denied(allowed.Agent, allowed.Entry, DenyReason.PolicyUnavailable, "The budget of this agent cannot be kept now; the operator sees why in the log of the proxy."),
    };

    private static Decision.Denied Exhausted(Decision.Allowed allowed, in BudgetAnswer answer, string what) =>
        new(allowed.Agent, allowed.Entry, DenyReason.BudgetExhausted, $"{what} It begins anew at {CheckResponses.Time(answer.ResetsAt)}.")
        {
            RetryAfter = Seconds(answer),
            ResetsAt = answer.ResetsAt,
        };

    /// <summary>A list in the form of structured fields (RFC 9651): <c>requests;used=80;reset=3600, bytes;used=95;reset=3600</c>.</summary>
    private static string? Warning(in BudgetAnswer answer)
    {
        string? requests = Item("requests", answer.RequestLevel, answer);
        string? bytes = Item("bytes", answer.ByteLevel, answer);
        return requests is not null && bytes is not null ? $"{requests}, {bytes}" : requests ?? bytes;
    }

    private static string? Item(string what, int level, in BudgetAnswer answer) =>
        level == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{what};used={level};reset={Seconds(answer)}");

    private static long Seconds(in BudgetAnswer answer) => Math.Max(SoonSeconds, (long)Math.Ceiling(answer.ResetsIn.TotalSeconds));
}
