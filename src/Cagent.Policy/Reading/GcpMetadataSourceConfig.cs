// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary><c>from: gcp_metadata</c>.</summary>
internal sealed record GcpMetadataSourceConfig(
    SourceLocation Location, string KeyPath, Located<string>? ServiceAccount, Located<ImmutableArray<Located<string>>>? Scopes, Located<string>? Audience) : CredentialSourceConfig(Location, KeyPath);
