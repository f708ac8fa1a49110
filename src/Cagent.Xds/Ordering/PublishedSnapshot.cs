// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Xds.Capabilities;
using Cagent.Xds.Resources;
using Cagent.Xds.Streams;

namespace Cagent.Xds.Ordering;

/// <summary>A snapshot with its place in the order of publication, which its revision does not tell.</summary>
internal sealed record PublishedSnapshot(Publication Publication, XdsSnapshot Snapshot)
{
    // Bounded by the catalogue of capabilities.
    private readonly ConcurrentDictionary<CapabilitySet, PublishedSnapshot> _byCapabilities = new();

    public long Sequence => Publication.Sequence;

    /// <summary>Its encoded responses, which live as long as it does.</summary>
    public SharedBodies Bodies { get; init; } = new();

    /// <summary>What nodes with a set of capabilities get: always the same object for the same set.</summary>
    public PublishedSnapshot For(CapabilitySet capabilities) => capabilities.IsAll || !Snapshot.HasVariants
        ? this
        : _byCapabilities.GetOrAdd(capabilities, set => new PublishedSnapshot(Publication, Snapshot.For(set)));

    /// <summary>Call before the streams see it: what did not change is shared with the group's last snapshot, for each set.</summary>
    public void ShareWith(PublishedSnapshot before)
    {
        if (Snapshot.HasVariants)
        {
            foreach ((CapabilitySet capabilities, PublishedSnapshot old) in before._byCapabilities)
            {
                _byCapabilities[capabilities] = new PublishedSnapshot(Publication, Snapshot.For(capabilities).SharedWith(old.Snapshot));
            }
        }
    }
}
