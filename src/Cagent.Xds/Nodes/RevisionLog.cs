// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Ordering;

namespace Cagent.Xds.Nodes;

/// <summary>
/// The last publications, to name and time them. Bounded: older ones have no name any more. Thread safe for one writer:
/// each slot is an immutable entry, replaced by one write.
/// </summary>
internal sealed class RevisionLog
{
    private const int MaxEntries = 1024;
    private readonly Entry?[] _ring = new Entry?[MaxEntries];

    public void Add(PublishedSnapshot published) => Volatile.Write(
        ref _ring[published.Sequence % MaxEntries],
        new Entry(published.Sequence, published.Snapshot.Revision, published.PublishedAt));

    /// <summary>The revision and its time; null for 0 and for forgotten publications.</summary>
    public Entry? Find(long sequence)
    {
        Entry? entry = Volatile.Read(ref _ring[sequence % MaxEntries]);
        return entry?.Sequence == sequence ? entry : null;
    }

    /// <summary>The last time that a revision was published; null when it was not, or long ago.</summary>
    public long? FindSequence(string revision)
    {
        long? newest = null;
        for (int i = 0; i < MaxEntries; i++)
        {
            Entry? entry = Volatile.Read(ref _ring[i]);
            if (entry?.Revision == revision && entry.Sequence > (newest ?? 0))
            {
                newest = entry.Sequence;
            }
        }

        return newest;
    }

    /// <summary>One publication.</summary>
    internal sealed record Entry(long Sequence, string Revision, long PublishedAt);
}
