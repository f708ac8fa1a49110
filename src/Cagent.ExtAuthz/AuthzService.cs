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
    private readonly ExtAuthzMetrics _metrics;
    private readonly WildcardNames _names;
    private readonly ILogger<AuthzService> _logger;
    private readonly bool _answersWithoutIdentity;

    /// <summary>A service that decides by the revision in force.</summary>
    public AuthzService(DecisionEngine engine, IRevisionSource revisions, WildcardNames names, ExtAuthzMetrics metrics, IOptions<ExtAuthzOptions> options, ILogger<AuthzService> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _answersWithoutIdentity = options.Value.AnswersWithoutIdentity;
        _engine = engine;
        _revisions = revisions;
        _names = names;
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
            : Bound(_engine.Decide(question, revision?.Compiled.Authz));
        Decision decision = InjectionOwners.Check(decided, revision?.Credentials ?? []);
        _metrics.Decided(decision);
        if (decision is Decision.Denied denied)
        {
            _logger.Denied(question.RequestId, denied.Reason.WireName(), denied.Entry);
        }

        return Task.FromResult(CheckResponses.From(decision, question, revision?.Id.ShortForm ?? ""));
    }

    private Decision Bound(Decision decision) =>
        decision is Decision.Allowed { NameBelowWildcard: { } name } allowed && !_names.TryUse(allowed.Agent!, allowed.Entry!, name)
            ? new Decision.Denied(allowed.Agent, allowed.Entry, DenyReason.RateLimited, $"This agent has asked for too many different names below {allowed.Entry}; those in use go on, new ones are free again after some minutes.")
            : decision;
}
