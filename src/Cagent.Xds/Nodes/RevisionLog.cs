// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Ordering;

namespace Cagent.Xds.Nodes;

/// <summary>
/// The last publications by revision. Bounded: older ones are forgotten. Thread safe for one writer: each slot is an
/// immutable entry, replaced by one write.
/// </summary>
internal sealed class RevisionLog
{
    private const int MaxEntries = 1024;
    private readonly Publication?[] _ring = new Publication?[MaxEntries];

    public void Add(Publication publication) => Volatile.Write(ref _ring[publication.Sequence / Publication.Step % MaxEntries], publication);

    /// <summary>The last time that a revision was published; null when it was not, or long ago.</summary>
    public Publication? Find(string revision)
    {
        Publication? newest = null;
        for (int i = 0; i < MaxEntries; i++)
        {
            Publication? entry = Volatile.Read(ref _ring[i]);
            if (entry?.Revision == revision && entry.Sequence > (newest?.Sequence ?? 0))
            {
                newest = entry;
            }
        }

        return newest;
    }
}
