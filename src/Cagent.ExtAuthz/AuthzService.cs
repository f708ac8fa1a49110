// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
using Cagent.Compiler.Limits;
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
    private readonly AgentSlots _slots;
    private readonly ExtAuthzMetrics _metrics;
    private readonly ILogger<AuthzService> _logger;
    private readonly bool _answersWithoutIdentity;

    /// <summary>A service that decides by the revision in force.</summary>
    public AuthzService(DecisionEngine engine, IRevisionSource revisions, AgentSlots slots, ExtAuthzMetrics metrics, IOptions<ExtAuthzOptions> options, ILogger<AuthzService> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _answersWithoutIdentity = options.Value.AnswersWithoutIdentity;
        _engine = engine;
        _revisions = revisions;
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
        // Last of all: what is denied for another reason holds nothing.
        return decision is Decision.Allowed { Agent: { } agent } allowed && !_answersWithoutIdentity && revision?.Compiled.Limits.FindAgent(agent) is { BoundsWhatIsOpen: true } bounds
            ? HoldAsync(allowed, bounds, question, revision, context.CancellationToken)
            : Task.FromResult(Answer(decision, question, revision));
    }

    private async Task<CheckResponse> HoldAsync(Decision.Allowed allowed, AgentBounds bounds, AuthzRequest question, Revision revision, CancellationToken cancellationToken)
    {
        SlotQuestion wanted = new(bounds, question.RequestId, question.IsInside ? null : question.Connection, question.Hop == AuthzHop.Connect);
        SlotAnswer answer = await _slots.TakeAsync(wanted, cancellationToken).ConfigureAwait(false);
        if (answer == SlotAnswer.Taken && cancellationToken.IsCancellationRequested)
        {
            // Whoever asked is gone, and the news of its end may have come before the slot was taken.
            _slots.Ended(question.RequestId);
        }

        return Answer(SlotDecisions.Apply(allowed, answer, bounds, question.RequestId), question, revision);
    }

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
