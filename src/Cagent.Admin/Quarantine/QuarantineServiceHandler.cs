// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Admin.Journal;
using Cagent.Contracts.Admin.V1;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Quarantine;
using Grpc.Core;

namespace Cagent.Admin.Quarantine;

/// <summary><c>cagent.admin.v1.QuarantineService</c> over the pipeline; every call that may change something stands in the journal. Thread safe.</summary>
public sealed class QuarantineServiceHandler(PolicyPipeline pipeline, RevisionPublisher publisher, AdminJournal journal) : QuarantineService.QuarantineServiceBase
{
    private const int MaxReason = 200;
    private const int MaxListed = 50;

    /// <summary>Tunnels end within a second; whoever waits longer learns that they have not yet.</summary>
    private static readonly TimeSpan EffectLimit = TimeSpan.FromSeconds(3);

    private static readonly Status NoAgents = new(StatusCode.FailedPrecondition, "the policy names no agents: everybody is the one anonymous agent, and only the policy can stop it");
    private static readonly Status NotReady = new(StatusCode.FailedPrecondition, "no policy is in force yet");

    /// <inheritdoc/>
    public override async Task<QuarantineAgentResponse> QuarantineAgent(QuarantineAgentRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        string reason = OneLine(request.Reason);
        QuarantineOutcome outcome = await TryAsync("quarantine", request.Agent, reason, () => pipeline.QuarantineAsync(request.Agent, reason, context.CancellationToken)).ConfigureAwait(false);
        bool isEffective = await IsEffectiveAsync(context.CancellationToken).ConfigureAwait(false);
        return new QuarantineAgentResponse
        {
            Agent = pipeline.Quarantined.Where(one => one.Agent == request.Agent).Select(QuarantineMessages.From).FirstOrDefault(),
            Changed = outcome == QuarantineOutcome.Done,
            Effective = isEffective,
        };
    }

    /// <inheritdoc/>
    public override async Task<ReleaseAgentResponse> ReleaseAgent(ReleaseAgentRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        QuarantineOutcome outcome = await TryAsync("release", request.Agent, "", () => pipeline.ReleaseAsync(request.Agent, context.CancellationToken)).ConfigureAwait(false);
        return new ReleaseAgentResponse
        {
            Changed = outcome == QuarantineOutcome.Done,
            Effective = await IsEffectiveAsync(context.CancellationToken).ConfigureAwait(false),
            QuarantinedByPolicy = pipeline.Quarantined.Any(one => one.Agent == request.Agent),
        };
    }

    /// <inheritdoc/>
    public override Task<ListQuarantinedAgentsResponse> ListQuarantinedAgents(ListQuarantinedAgentsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListQuarantinedAgentsResponse { Agents = { pipeline.Quarantined.Select(QuarantineMessages.From) } });

    private async Task<QuarantineOutcome> TryAsync(string action, string agent, string reason, Func<Task<QuarantineOutcome>> attempt)
    {
        QuarantineOutcome outcome;
        try
        {
            outcome = await attempt().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            journal.Write(action, agent, reason, "failed");
            throw new RpcException(new Status(StatusCode.Unavailable, $"nothing has changed: the state directory cannot be written ({e.Message})"));
        }

        journal.Write(action, agent, reason, outcome.ToString());
        return outcome switch
        {
            QuarantineOutcome.UnknownAgent => throw new RpcException(new Status(StatusCode.NotFound, Unknown(agent))),
            QuarantineOutcome.NoAgents => throw new RpcException(NoAgents),
            QuarantineOutcome.NotReady => throw new RpcException(NotReady),
            _ => outcome,
        };
    }

    private string Unknown(string agent)
    {
        ImmutableArray<string> names = pipeline.AgentNames;
        string? prefix = names.FirstOrDefault(name => name.EndsWith('*') && agent.StartsWith(name[..^1], StringComparison.Ordinal));
        return prefix is not null
            ? $"the policy has no agent \"{OneLine(agent)}\" of its own; all of \"{prefix}\" are one agent and are stopped together, by that name"
            : $"the policy has no agent \"{OneLine(agent)}\"; its agents are {string.Join(", ", names.Take(MaxListed))}{(names.Length > MaxListed ? ", …" : names.Length == 0 ? "none" : "")}";
    }

    private async Task<bool> IsEffectiveAsync(CancellationToken cancellationToken) =>
        publisher.Current is { } current && await publisher.WaitUntilEffectiveAsync(current.Id, EffectLimit, cancellationToken).ConfigureAwait(false);

    private static string OneLine(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length <= MaxReason ? line : line[..MaxReason];
    }
}
