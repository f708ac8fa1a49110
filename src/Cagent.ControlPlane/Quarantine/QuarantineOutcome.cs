// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Quarantine;

/// <summary>What became of a wish to stop or release an agent.</summary>
public enum QuarantineOutcome
{
    /// <summary>It is as wished, and decisions are made so from now on.</summary>
    Done,

    /// <summary>It was so before.</summary>
    Unchanged,

    /// <summary>No agent of the policy in force has the name.</summary>
    UnknownAgent,

    /// <summary>The policy names no agents: everybody is the one anonymous agent, which the policy alone can stop.</summary>
    NoAgents,

    /// <summary>No policy is in force yet.</summary>
    NotReady,
}
