// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Admin.Quarantine;
using Cagent.Compiler.Limits;
using Cagent.Contracts.Admin.V1;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.Envoys;
using Cagent.Xds.Nodes;
using Google.Protobuf.WellKnownTypes;
using AgentBudget = Cagent.Contracts.Admin.V1.AgentBudget;
using CredentialState = Cagent.Contracts.Admin.V1.CredentialState;
using PolicyState = Cagent.Contracts.Admin.V1.PolicyState;
using SourceCredentialState = Cagent.ControlPlane.Credentials.CredentialState;
using SourceState = Cagent.ControlPlane.Publishing.PolicyState;
using SourceStatus = Cagent.ControlPlane.Publishing.PolicyStatus;
using StoppedAgent = Cagent.ControlPlane.Quarantine.QuarantinedAgent;

namespace Cagent.Admin.Statuses;

/// <summary>The control plane's state in the words of the API.</summary>
internal static class StatusMessages
{
    public static DeploymentStatus From(
        SourceStatus policy, ImmutableArray<NodeStatus> nodes, ImmutableArray<RefusedEnvoy> refused, EnvoyProcessState? envoy, IBudgetReport budgets, ImmutableArray<StoppedAgent> quarantined, ImmutableArray<CredentialHealth> credentials)
    {
        DeploymentStatus status = From(policy, nodes, refused, envoy, quarantined);
        status.Credentials.Add(credentials.Select(From));
        status.Budgets.Add(budgets.Usages.Select(From));
        if (budgets.Problem is { } problem)
        {
            status.BudgetProblem = problem;
        }

        return status;
    }

    private static DeploymentStatus From(SourceStatus policy, ImmutableArray<NodeStatus> nodes, ImmutableArray<RefusedEnvoy> refused, EnvoyProcessState? envoy, ImmutableArray<StoppedAgent> quarantined) => new()
    {
        Policy = From(policy),
        Nacks = { policy.Nacks.Select(From) },
        Nodes = { nodes.OrderBy(node => node.Node.Id, StringComparer.Ordinal).ThenBy(node => node.ConnectedSince).Select(From) },
        Envoy = envoy is null ? null : From(envoy),
        RefusedNodes = { refused.Select(From) },
        QuarantinedAgents = { quarantined.Select(QuarantineMessages.From) },
    };

    private static Credential From(CredentialHealth health)
    {
        Credential message = new()
        {
            Name = health.Name,
            Source = health.Source,
            State = health.State switch
            {
                SourceCredentialState.Pending => CredentialState.Pending,
                SourceCredentialState.Available => CredentialState.Available,
                SourceCredentialState.Stale => CredentialState.Stale,
                _ => CredentialState.Unavailable,
            },
            LastSuccess = health.LastSuccess?.ToTimestamp(),
            ExpiresAt = health.ExpiresAt?.ToTimestamp(),
            UsableUntil = health.UsableUntil?.ToTimestamp(),
            Failures = health.Failures,
            NextAttempt = health.NextAttempt?.ToTimestamp(),
        };
        if (health.Problem is { } problem)
        {
            message.Problem = problem;
        }

        return message;
    }

    private static PolicyStatus From(SourceStatus policy)
    {
        PolicyStatus message = new()
        {
            File = policy.PolicyFile,
            State = policy.State switch
            {
                SourceState.Starting => PolicyState.Starting,
                SourceState.Publishing => PolicyState.Publishing,
                SourceState.Effective => PolicyState.Effective,
                SourceState.Invalid => PolicyState.Invalid,
                SourceState.Rejected => PolicyState.Rejected,
                _ => PolicyState.Unspecified,
            },
            Since = policy.Since.ToTimestamp(),
            Diagnostics = { policy.Diagnostics },
        };
        if (policy.Revision is { } revision)
        {
            message.Revision = revision.ToString();
        }

        if (policy.Refused is { } refused)
        {
            message.RefusedRevision = refused.ToString();
        }

        return message;
    }

    private static Nack From(NackReport nack) => new()
    {
        Node = nack.Node.Id,
        Type = nack.TypeUrl,
        Resources = { nack.Suspects },
        Revision = nack.Revision,
        Text = nack.Text,
        Time = nack.Time.ToTimestamp(),
    };

    private static Node From(NodeStatus node) => new()
    {
        Id = node.Node.Id,
        Cluster = node.Node.Cluster,
        UserAgent = node.Node.UserAgent,
        ConnectedSince = node.ConnectedSince.ToTimestamp(),
        Types_ = { node.Types.Select(From) },
        Version = node.Node.Program.VersionText,
        BelowSecurityFloor = EnvoySecurityFloor.Judge(node.Node.Program) != EnvoyStanding.Safe,
    };

    private static RefusedNode From(RefusedEnvoy refused) => new()
    {
        Id = refused.NodeId,
        UserAgent = refused.UserAgent,
        Reason = refused.Reason,
        Since = refused.Since.ToTimestamp(),
    };

    private static AgentBudget From(BudgetUsage usage)
    {
        AgentBudget message = new()
        {
            Agent = usage.Agent,
            Period = LimitText.PeriodName(usage.Budget),
            ResetsAt = usage.ResetsAt.ToTimestamp(),
            Requests = usage.Requests,
            Bytes = usage.Bytes,
            HeldBytes = usage.Held,
        };
        if (usage.Budget.Requests is { } requests)
        {
            message.MaxRequests = requests;
        }

        if (usage.Budget.Bytes is { } bytes)
        {
            message.MaxBytes = bytes;
        }

        return message;
    }

    private static NodeType From(TypeStatus type)
    {
        NodeType message = new() { Type = type.TypeUrl, Resources = type.Resources, Rejected = type.HasRejected };
        if (type.SentRevision is { } sent)
        {
            message.Sent = sent;
        }

        if (type.AckedRevision is { } acked)
        {
            message.Acked = acked;
        }

        return message;
    }

    private static EnvoyProcess From(EnvoyProcessState envoy)
    {
        switch (envoy)
        {
            case EnvoyProcessState.Running running:
                return new EnvoyProcess { State = EnvoyState.Running, Pid = running.Pid, Adopted = running.IsAdopted };
            case EnvoyProcessState.BackingOff backingOff:
                EnvoyProcess message = new() { State = EnvoyState.BackingOff, Attempt = backingOff.Attempt, Delay = backingOff.Delay.ToDuration() };
                if (backingOff.ExitCode is { } exitCode)
                {
                    message.ExitCode = exitCode;
                }

                return message;
            default:
                return new EnvoyProcess { State = envoy is EnvoyProcessState.Starting ? EnvoyState.Starting : EnvoyState.Stopped };
        }
    }
}
