// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Revisions;
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
    private readonly ExtAuthzMetrics _metrics;
    private readonly ILogger<AuthzService> _logger;
    private readonly bool _answersWithoutIdentity;

    /// <summary>A service that decides by the revision in force.</summary>
    public AuthzService(
        DecisionEngine engine, IRevisionSource revisions, IRequestBudgets budgets, ExtAuthzMetrics metrics, IOptions<ExtAuthzOptions> options, ILogger<AuthzService> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _answersWithoutIdentity = options.Value.AnswersWithoutIdentity;
        _engine = engine;
        _revisions = revisions;
        _budgets = budgets;
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
        if (decision is not Decision.Allowed { IsMetered: true, Agent: { } agent } allowed || revision?.Compiled.Limits.FindAgent(agent)?.Budget is not { } budget)
        {
            return Task.FromResult(Answer(decision, question, revision));
        }

        // Last of all: what is denied for another reason takes nothing.
        ValueTask<BudgetAnswer> reserving = _budgets.ReserveAsync(new BudgetQuestion(agent, budget, question.RequestId, question.BodyLength), context.CancellationToken);
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
