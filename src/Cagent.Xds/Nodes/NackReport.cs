// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Xds.Nodes;

/// <summary>One rejected response.</summary>
/// <param name="Node">Who rejected it.</param>
/// <param name="TypeUrl">The type of its resources.</param>
/// <param name="Nonce">The response.</param>
/// <param name="Revision">The snapshot that the response was made from.</param>
/// <param name="Resources">Everything that was in the response.</param>
/// <param name="Suspects">
/// The resources that the text names, or all of them when it names none. They are held back from now on, unless
/// <see cref="Stage"/> is <see cref="NackStage.Halved"/>.
/// </param>
/// <param name="SuspectVersions">The version of each suspect, in the same order: whether a newer snapshot still offers it.</param>
/// <param name="Text">The client's words, shortened, in one line, and for secrets without anything in braces.</param>
/// <param name="Time">When the NACK came.</param>
public sealed record NackReport(
    NodeIdentity Node,
    string TypeUrl,
    string Nonce,
    string Revision,
    ImmutableArray<string> Resources,
    ImmutableArray<string> Suspects,
    ImmutableArray<string> SuspectVersions,
    string Text,
    DateTimeOffset Time)
{
    /// <summary>What became of the suspects.</summary>
    public NackStage Stage { get; init; }

    /// <summary>The group that the node belongs to; null when its state was forgotten meanwhile.</summary>
    public string? Group { get; init; }
}
