// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary><c>from: vault</c>.</summary>
internal sealed record VaultSourceConfig(
    SourceLocation Location, string KeyPath, Located<string>? Path, Located<string>? Field, Located<TimeSpan>? Refresh, Located<string>? Address,
    CredentialSourceConfig? Token, VaultAppRoleConfig? AppRole) : CredentialSourceConfig(Location, KeyPath);
