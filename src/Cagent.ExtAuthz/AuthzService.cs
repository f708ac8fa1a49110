// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Revisions;
using Cagent.ExtAuthz.Slots;
using Envoy.Service.Auth.V3;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cagent.ExtAuthz;

/// <summary>Envoy's ext_authz service. Thin: reads the question, asks the engine, writes the answer. Thread safe.</summary>
public sealed class AuthzService : Authorization.AuthorizationBase
{
    private readonly DecisionEngine _engine;
    private readonly IRevisionSource _revisions;
    private readonly IRequestBudgets _budgets;
    private readonly AgentSlots _slots;
    private readonly ExtAuthzMetrics _metrics;
    private readonly ILogger<AuthzService> _logger;
    private readonly bool _answersWithoutIdentity;

    /// <summary>A service that decides by the revision in force.</summary>
    public AuthzService(
        DecisionEngine engine, IRevisionSource revisions, IRequestBudgets budgets, AgentSlots slots, ExtAuthzMetrics metrics, IOptions<ExtAuthzOptions> options, ILogger<AuthzService> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _answersWithoutIdentity = options.Value.AnswersWithoutIdentity;
        _engine = engine;
        _revisions = revisions;
        _budgets = budgets;
        _slots = slots;
        _metrics = metrics;
        _logger = logger;
    }

    /// <inheritdoc/>
    public override Task<CheckResponse> Check(CheckRequest request, ServerCallContext context)
    {
        // One read: table and revision id of an answer belong together.
        Revision? revision = _revisions.Current;
        AuthzRequest question = CheckRequests.ToRequest(request, context.RequestHeaders);
        Decision decided = _answersWithoutIdentity && request.Attributes?.ContextExtensions.Count is null or 0 && question is { Source: null, Agent: null }
            ? _engine.DecideAlone(question, revision?.Compiled.Authz)
            : _engine.Decide(question, revision?.Compiled.Authz);
        Decision decision = InjectionOwners.Check(decided, revision?.Credentials ?? []);
        if (decision is not Decision.Allowed { Agent: { } agent } allowed || revision?.Compiled.Limits.FindAgent(agent) is not { } bounds)
        {
            return Task.FromResult(Answer(decision, question, revision));
        }

        // Last of all: what is denied for another reason takes nothing, and holds nothing.
        AgentBudget? budget = allowed.IsMetered ? bounds.Budget : null;
        bool holds = bounds.BoundsWhatIsOpen && !_answersWithoutIdentity;
        return budget is null && !holds ? Task.FromResult(Answer(decision, question, revision))
            : !holds ? SpendAsync(allowed, budget!, question, revision, context.CancellationToken)
            : HoldAsync(allowed, bounds, budget, question, revision, context.CancellationToken);
    }

    private async Task<CheckResponse> HoldAsync(Decision.Allowed allowed, AgentBounds bounds, AgentBudget? budget, AuthzRequest question, Revision revision, CancellationToken cancellationToken)
    {
        SlotQuestion wanted = new(bounds, question.RequestId, question.IsInside ? null : question.Connection, question.Hop == AuthzHop.Connect);
        SlotAnswer answer = await _slots.TakeAsync(wanted, cancellationToken).ConfigureAwait(false);
        if (answer == SlotAnswer.Taken && cancellationToken.IsCancellationRequested)
        {
            // Whoever asked is gone, and the news of its end may have come before the slot was taken.
            _slots.Ended(question.RequestId);
        }

        Decision decision = SlotDecisions.Apply(allowed, answer, bounds, question.RequestId);
        if (budget is null || decision is not Decision.Allowed held)
        {
            return Answer(decision, question, revision);
        }

        bool isAllowed = false;
        try
        {
            BudgetAnswer reserved = await _budgets.ReserveAsync(new BudgetQuestion(held.Agent!, budget, question.RequestId, question.BodyLength), cancellationToken).ConfigureAwait(false);
            decision = BudgetDecisions.Apply(held, reserved);
            isAllowed = decision is Decision.Allowed && !cancellationToken.IsCancellationRequested;
        }
        finally
        {
            if (!isAllowed)
            {
                _slots.Ended(question.RequestId);
            }
        }

        return Answer(decision, question, revision);
    }

    private Task<CheckResponse> SpendAsync(Decision.Allowed allowed, AgentBudget budget, AuthzRequest question, Revision revision, CancellationToken cancellationToken)
    {
        ValueTask<BudgetAnswer> reserving = _budgets.ReserveAsync(new BudgetQuestion(allowed.Agent!, budget, question.RequestId, question.BodyLength), cancellationToken);
        return reserving.IsCompletedSuccessfully
            ? Task.FromResult(Answer(BudgetDecisions.Apply(allowed, reserving.Result), question, revision))
            : AnswerAsync(reserving, allowed, question, revision);
    }

    private async Task<CheckResponse> AnswerAsync(ValueTask<BudgetAnswer> reserving, Decision.Allowed allowed, AuthzRequest question, Revision revision) =>
        Answer(BudgetDecisions.Apply(allowed, await reserving.ConfigureAwait(false)), question, revision);

    private CheckResponse Answer(Decision decision, AuthzRequest question, Revision? revision)
    {
        _metrics.Decided(decision);
        if (decision is Decision.Denied denied)
        {
            _logger.Denied(question.RequestId, denied.Reason.WireName(), denied.Entry);
        }

        return CheckResponses.From(decision, question, revision?.Id.ShortForm ?? "");
    }
}
