// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;

namespace Cagent.Xds.Ordering;

/// <summary>A snapshot with its place in the order of publication, which its revision does not tell.</summary>
internal sealed record PublishedSnapshot(Publication Publication, XdsSnapshot Snapshot)
{
    public long Sequence => Publication.Sequence;

    /// <summary>Its encoded responses, which live as long as it does.</summary>
    public SharedBodies Bodies { get; } = new();
}
