// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Authz;
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
    private readonly RequestBounds _bounds;
    private readonly ExtAuthzMetrics _metrics;
    private readonly ILogger<AuthzService> _logger;
    private readonly TimeProvider _time;
    private readonly bool _answersWithoutIdentity;

    /// <summary>A service that decides by the revision in force.</summary>
    public AuthzService(
        DecisionEngine engine, IRevisionSource revisions, RequestBounds bounds, ExtAuthzMetrics metrics, IOptions<ExtAuthzOptions> options, TimeProvider time, ILogger<AuthzService> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _answersWithoutIdentity = options.Value.AnswersWithoutIdentity;
        _engine = engine;
        _revisions = revisions;
        _bounds = bounds;
        _metrics = metrics;
        _time = time;
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
        if (_answersWithoutIdentity)
        {
            // Nobody would tell this one when a request has ended.
            return Task.FromResult(Answer(decision, question, revision));
        }

        ValueTask<Decision> bounded = _bounds.ApplyAsync(decision, question, revision, context.CancellationToken);
        return bounded.IsCompletedSuccessfully ? Task.FromResult(Answer(bounded.Result, question, revision)) : AnswerAsync(bounded, question, revision);
    }

    private async Task<CheckResponse> AnswerAsync(ValueTask<Decision> bounded, AuthzRequest question, Revision? revision) =>
        Answer(await bounded.ConfigureAwait(false), question, revision);

    private CheckResponse Answer(Decision decision, AuthzRequest question, Revision? revision)
    {
        _metrics.Decided(decision);
        if (decision is Decision.Denied denied)
        {
            _logger.Denied(question.RequestId, denied.Reason.WireName(), denied.Entry);
        }

        return CheckResponses.From(decision, question, revision?.Id.ShortForm ?? "", _time.GetUtcNow());
    }
}
