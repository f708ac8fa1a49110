// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.ControlPlane.Revisions;

/// <summary>The sources of the revision that last worked, enough to compile it again without the files it came from.</summary>
/// <param name="Id">The compiled revision.</param>
/// <param name="FileName">The policy file's path at the time, for messages.</param>
/// <param name="SavedAt">When it was kept.</param>
/// <param name="Policy">The policy text's bytes.</param>
/// <param name="Dependencies">Bytes of the policy's other files and of the CA certificates that it names, by path. Never credentials.</param>
public sealed record LastGoodRevision(
    RevisionId Id,
    string FileName,
    DateTimeOffset SavedAt,
    ImmutableArray<byte> Policy,
    ImmutableSortedDictionary<string, ImmutableArray<byte>> Dependencies)
{
    /// <summary>The overlays that it was built with, in order; their bytes are among <see cref="Dependencies"/>.</summary>
    public ImmutableArray<string> Overlays { get; init; } = [];
}
