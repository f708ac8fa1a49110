// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A field of a secret of a Vault KV store.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Path">The API path, such as <c>secret/data/billing</c>.</param>
/// <param name="KvVersion">The version of the KV engine, 1 or 2.</param>
/// <param name="Field">The field of the secret.</param>
/// <param name="Refresh">How often it is read again, 1 s to 24 h.</param>
/// <param name="MaxStale">How long the value is used after the server last gave it, at most 48 h and longer than <paramref name="Refresh"/>.</param>
/// <param name="Server">Where from.</param>
public sealed record VaultCredentialSource(
    string Name, SourceLocation Location, string Path, int KvVersion, string Field, TimeSpan Refresh, TimeSpan MaxStale, VaultServer Server) : CredentialSource(Name, Location);
