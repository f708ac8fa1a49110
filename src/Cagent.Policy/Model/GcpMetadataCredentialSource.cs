// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>A token of the metadata server of Google Cloud, renewed before it expires.</summary>
/// <param name="Name">The name that entries use.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="ServiceAccount">The account, <c>default</c> or an address.</param>
/// <param name="Scopes">The scopes of an access token; empty takes those of the machine.</param>
/// <param name="Audience">Set: an identity token for this audience instead of an access token.</param>
public sealed record GcpMetadataCredentialSource(
    string Name, SourceLocation Location, string ServiceAccount, ImmutableArray<string> Scopes, string? Audience) : CredentialSource(Name, Location);
