// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>One item of <c>agents</c>; null is a key that is absent or that could not be read.</summary>
internal sealed record AgentConfig(SourceLocation Location, string KeyPath)
{
    public Located<string>? Name { get; init; }

    public IdentityConfig? Identity { get; init; }

    public ImmutableArray<ProfileUseConfig> Profiles { get; init; } = [];

    public ImmutableArray<DomainConfig> Domains { get; init; } = [];

    public BudgetConfig? Budget { get; init; }

    public Located<bool>? Quarantined { get; init; }

    public AgentLimitsConfig? Limits { get; init; }

    public AgentRuntimeConfig? Runtime { get; init; }

    public Located<bool>? Enabled { get; init; }

    public Located<string>? Description { get; init; }
}
