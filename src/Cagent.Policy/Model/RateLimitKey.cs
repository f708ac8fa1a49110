// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Model;

/// <summary>Whose requests one bucket counts.</summary>
public enum RateLimitKey
{
    /// <summary>One bucket for each agent and entry.</summary>
    Agent,

    /// <summary>One bucket for the entry, whoever asks.</summary>
    Domain,
}
