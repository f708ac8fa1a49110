// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf.WellKnownTypes;
using QuarantinedAgent = Cagent.Contracts.Admin.V1.QuarantinedAgent;
using StoppedAgent = Cagent.ControlPlane.Quarantine.QuarantinedAgent;

namespace Cagent.Admin.Quarantine;

/// <summary>The control plane's list in the words of the API.</summary>
internal static class QuarantineMessages
{
    public static QuarantinedAgent From(StoppedAgent agent) => new()
    {
        Agent = agent.Agent,
        ByOperator = agent.Operator is not null,
        ByPolicy = agent.IsByPolicy,
        InPolicy = agent.IsInPolicy,
        Since = agent.Operator?.Since.ToTimestamp(),
        Reason = agent.Operator?.Reason ?? "",
    };
}
