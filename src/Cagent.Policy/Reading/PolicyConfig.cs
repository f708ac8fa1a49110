// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Reading;

/// <summary>The policy as written: types are right, meaning is not yet judged.</summary>
internal sealed record PolicyConfig
{
    public DefaultsConfig Defaults { get; init; } = new();

    public ImmutableArray<CredentialConfig> Credentials { get; init; } = [];

    public ImmutableArray<DomainConfig> Domains { get; init; } = [];

    public ImmutableArray<AgentConfig> Agents { get; init; } = [];

    /// <summary>Whether the key <c>agents</c> stands there at all, also with an empty list.</summary>
    public bool HasAgents { get; init; }

    public ImmutableArray<ProfileUseConfig> Profiles { get; init; } = [];

    public ImmutableArray<Located<string>> Include { get; init; } = [];

    public DnsConfig Dns { get; init; } = new();
}
