// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary><c>from: vault</c>.</summary>
internal sealed record VaultSourceConfig(SourceLocation Location, string KeyPath) : CredentialSourceConfig(Location, KeyPath)
{
    public Located<string>? Path { get; init; }

    public Located<string>? Field { get; init; }

    public Located<int>? KvVersion { get; init; }

    public Located<TimeSpan>? Refresh { get; init; }

    public Located<TimeSpan>? MaxStale { get; init; }

    public Located<string>? Address { get; init; }

    public Located<string>? Namespace { get; init; }

    public Located<string>? CaFile { get; init; }

    public CredentialSourceConfig? Token { get; init; }

    public VaultAppRoleConfig? AppRole { get; init; }

    public VaultKubernetesConfig? Kubernetes { get; init; }
}
