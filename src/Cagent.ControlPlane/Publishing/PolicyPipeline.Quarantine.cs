// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Cagent.ControlPlane.Quarantine;
using Cagent.ControlPlane.Revisions;

namespace Cagent.ControlPlane.Publishing;

/// <summary>Stops and releases agents at an operator's word, whatever the policy file says.</summary>
public sealed partial class PolicyPipeline
{
    /// <summary>Everybody who is stopped, by an operator or by the policy in force, in ordinal order of the names.</summary>
    public ImmutableArray<QuarantinedAgent> Quarantined
    {
        get
        {
            ImmutableArray<AgentIr> agents = _publisher.Current?.Compiled.Ir.Agents ?? [];
            HashSet<string> byPolicy = [.. _publisher.Current?.Loaded?.Policy?.Agents.Where(agent => agent.Quarantined).Select(agent => agent.Name.Text) ?? []];
            return
            [
                .. _quarantine.All.Select(one => new QuarantinedAgent(one.Agent, one, byPolicy.Contains(one.Agent), agents.Any(agent => agent.Name == one.Agent)))
                    .Concat(byPolicy.Except(_quarantine.Names).Select(name => new QuarantinedAgent(name, null, true, true)))
                    .OrderBy(one => one.Agent, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>The agents that the policy in force names, in ordinal order; none when it names none.</summary>
    public ImmutableArray<string> AgentNames => [.. _publisher.Current?.Compiled.Ir.Agents.Select(agent => agent.Name) ?? []];

    /// <summary>
    /// Stops an agent. Once this has ended, on disk and in decisions; Envoys follow, and end its streams
    /// (<see cref="RevisionPublisher.WaitUntilEffectiveAsync"/>).
    /// </summary>
    /// <exception cref="IOException">The disk refuses; nothing has changed.</exception>
    /// <exception cref="UnauthorizedAccessException">The list may not be written; nothing has changed.</exception>
    public async Task<QuarantineOutcome> QuarantineAsync(string agent, string reason, CancellationToken cancellationToken)
    {
        if (_publisher.Current is not { Compiled.Ir: { } ir })
        {
            return QuarantineOutcome.NotReady;
        }

        if (!ir.HasAgents || ir.Agents.All(one => one.Name != agent))
        {
            return ir.HasAgents ? QuarantineOutcome.UnknownAgent : QuarantineOutcome.NoAgents;
        }

        if (!_quarantine.Add(new OperatorQuarantine(agent, _time.GetUtcNow(), reason)))
        {
            return QuarantineOutcome.Unchanged;
        }

        ControlPlaneLog.AgentQuarantined(_logger, agent, reason);
        await ApplyAsync(cancellationToken).ConfigureAwait(false);
        return QuarantineOutcome.Done;
    }

    /// <summary>Releases an agent that an operator stopped, also one that the policy does not name any more. What the file says of it holds again.</summary>
    /// <exception cref="IOException">The disk refuses; it stays stopped.</exception>
    /// <exception cref="UnauthorizedAccessException">The list may not be written; it stays stopped.</exception>
    public async Task<QuarantineOutcome> ReleaseAsync(string agent, CancellationToken cancellationToken)
    {
        if (!_quarantine.Remove(agent))
        {
            return _publisher.Current is null ? QuarantineOutcome.NotReady
                : _publisher.Current.Compiled.Ir.Agents.Any(one => one.Name == agent) ? QuarantineOutcome.Unchanged
                : QuarantineOutcome.UnknownAgent;
        }

        ControlPlaneLog.AgentReleased(_logger, agent);
        await ApplyAsync(cancellationToken).ConfigureAwait(false);
        return QuarantineOutcome.Done;
    }

    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _events.Writer.WriteAsync(new PipelineEvent.QuarantineChanged(done), cancellationToken).ConfigureAwait(false);
        await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The revision in force with who is stopped now. From the bytes it came from, not from the files, which may be wrong by now. The one
    /// that a refusal would bring back must not release anybody either.
    /// </summary>
    private void ApplyQuarantine(TaskCompletionSource done)
    {
        if (_publisher.Current is { } current)
        {
            Revision renewed = Renew(current);
            _lastGood = _lastGood is null ? null : _lastGood.Id == current.Id ? renewed : Renew(_lastGood);
            bool isOther = renewed.Id != current.Id;
            PolicyState state = isOther && _status.State is PolicyState.Effective ? PolicyState.Publishing : _status.State;
            if (isOther)
            {
                Send(renewed);
            }

            Enter(_status with { State = state, Revision = renewed.Id });
        }

        done.TrySetResult();
    }
}
