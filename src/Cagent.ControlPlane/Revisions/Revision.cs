// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler;
using Cagent.ControlPlane.Credentials;
using Cagent.Policy;
using Cagent.Xds.Resources;

namespace Cagent.ControlPlane.Revisions;

/// <summary>One policy in force, whole: what Envoy gets, what ext_authz decides by, which credentials exist. Immutable.</summary>
/// <param name="Id">The hash of all of it, equal on every replica and after every restart.</param>
/// <param name="Compiled">The compiled policy.</param>
/// <param name="Snapshot">Its resources, encoded.</param>
/// <param name="Credentials">The credentials that it names.</param>
/// <param name="FileName">The policy file it came from.</param>
/// <param name="Policy">The bytes of that file.</param>
/// <param name="Dependencies">The bytes of the files that it consists of or names, by path.</param>
public sealed record Revision(
    RevisionId Id,
    CompiledPolicy Compiled,
    XdsSnapshot Snapshot,
    ImmutableArray<CredentialDefinition> Credentials,
    string FileName,
    ImmutableArray<byte> Policy,
    ImmutableSortedDictionary<string, ImmutableArray<byte>> Dependencies)
{
    /// <summary>The overlays that it was built with, in order; their bytes are among <see cref="Dependencies"/>.</summary>
    public ImmutableArray<string> Overlays { get; init; } = [];

    /// <summary>What it was compiled from, for the next one.</summary>
    internal PolicyLoadResult? Loaded { get; init; }

    /// <summary>When the next of its entries expires; null means never.</summary>
    public DateTimeOffset? NextExpiry { get; init; }
}
