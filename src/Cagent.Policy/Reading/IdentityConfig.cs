// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>The <c>identity</c> of an agent.</summary>
internal sealed record IdentityConfig(SourceLocation Location, string KeyPath)
{
    /// <summary>The token, or the old and the new one.</summary>
    public Located<ImmutableArray<CredentialSourceConfig>>? Token { get; init; }

    public ImmutableArray<NamedText> ContainerLabels { get; init; } = [];

    public Located<ImmutableArray<Located<string>>>? Source { get; init; }

    public Located<string>? Spiffe { get; init; }

    public Located<string>? Listener { get; init; }

    /// <summary>Whether a key stands there at all, also one that could not be read.</summary>
    public bool NamesAnything { get; init; }
}
