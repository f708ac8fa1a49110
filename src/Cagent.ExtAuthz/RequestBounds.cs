// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Revisions;
using Cagent.ExtAuthz.Slots;

namespace Cagent.ExtAuthz;

/// <summary>
/// What an allowed request takes before it may go: a name below a wildcard, a place among what its agent holds open, a part of the agent's
/// budget. Thread safe.
/// </summary>
public sealed class RequestBounds(WildcardNames names, AgentSlots slots, IRequestBudgets budgets)
{
    /// <summary>The decision, or the denial of what is beyond a bound: last of all, so that what is denied for another reason takes nothing.</summary>
    /// <param name="decision">What policy says.</param>
    /// <param name="question">The request.</param>
    /// <param name="revision">By which revision.</param>
    /// <param name="cancellationToken">When nobody waits for the answer any more.</param>
    internal ValueTask<Decision> ApplyAsync(Decision decision, AuthzRequest question, Revision? revision, CancellationToken cancellationToken)
    {
        if (Named(decision) is not Decision.Allowed { Agent: { } agent } allowed)
        {
            return ValueTask.FromResult(Named(decision));
        }

        if (revision?.Compiled.Limits.FindAgent(agent) is not { } bounds)
        {
            return ValueTask.FromResult<Decision>(allowed);
        }

        AgentBudget? budget = allowed.IsMetered ? bounds.Budget : null;
        return bounds.BoundsWhatIsOpen ? HoldAsync(allowed, bounds, budget, question, cancellationToken)
            : budget is null ? ValueTask.FromResult<Decision>(allowed)
            : SpendAsync(allowed, budget, question, cancellationToken);
    }

    private Decision Named(Decision decision) =>
        decision is Decision.Allowed { NameBelowWildcard: { } name } allowed && !names.TryUse(allowed.Agent!, allowed.Entry!, name)
            ? new Decision.Denied(allowed.Agent, allowed.Entry, DenyReason.RateLimited, $"This agent has asked for too many different names below {allowed.Entry}; those in use go on, new ones are free again after some minutes.")
            : decision;

    private async ValueTask<Decision> HoldAsync(Decision.Allowed allowed, AgentBounds bounds, AgentBudget? budget, AuthzRequest question, CancellationToken cancellationToken)
    {
        SlotQuestion wanted = new(bounds, question.RequestId, question.IsInside ? null : question.Connection, question.Hop == AuthzHop.Connect);
        SlotAnswer answer = await slots.TakeAsync(wanted, cancellationToken).ConfigureAwait(false);
        Decision decision = SlotDecisions.Apply(allowed, answer, bounds, question.RequestId);
        if (answer != SlotAnswer.Taken)
        {
            return decision;
        }

        bool isKept = false;
        try
        {
            if (budget is not null && decision is Decision.Allowed held)
            {
                decision = await SpendAsync(held, budget, question, cancellationToken).ConfigureAwait(false);
            }

            // Whoever asked may be gone, and the news of its end may have come before the slot was taken.
            isKept = decision is Decision.Allowed && !cancellationToken.IsCancellationRequested;
            return decision;
        }
        finally
        {
            if (!isKept)
            {
                slots.Ended(question.RequestId);
            }
        }
    }

    private ValueTask<Decision> SpendAsync(Decision.Allowed allowed, AgentBudget budget, AuthzRequest question, CancellationToken cancellationToken)
    {
        ValueTask<BudgetAnswer> reserving = budgets.ReserveAsync(new BudgetQuestion(allowed.Agent!, budget, question.RequestId, question.BodyLength), cancellationToken);
        return reserving.IsCompletedSuccessfully ? ValueTask.FromResult(BudgetDecisions.Apply(allowed, reserving.Result)) : WaitAsync(allowed, reserving);
    }

    private static async ValueTask<Decision> WaitAsync(Decision.Allowed allowed, ValueTask<BudgetAnswer> reserving) =>
        BudgetDecisions.Apply(allowed, await reserving.ConfigureAwait(false));
}
