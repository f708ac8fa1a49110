// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Cagent.Xds.Resources;

/// <summary>Every resource of one revision, by type and name. Immutable, thread safe.</summary>
public sealed class XdsSnapshot
{
    private readonly FrozenDictionary<string, XdsResourceSet> _sets;

    private XdsSnapshot(string revision, FrozenDictionary<string, XdsResourceSet> sets)
    {
        Revision = revision;
        _sets = sets;
    }

    /// <summary>The caller's name of the revision; sent as <c>system_version_info</c>, shown in status, decides nothing.</summary>
    public string Revision { get; }

    /// <summary>The type URLs that have at least one resource.</summary>
    public IEnumerable<string> TypeUrls => _sets.Keys;

    /// <summary>Groups the resources by type.</summary>
    /// <param name="revision">The name of the revision; not empty.</param>
    /// <param name="resources">In any order.</param>
    /// <exception cref="ArgumentException">A name occurs twice in a type (Envoy rejects such a response), or the revision is empty.</exception>
    public static XdsSnapshot Create(string revision, IEnumerable<XdsResource> resources)
    {
        ArgumentException.ThrowIfNullOrEmpty(revision);
        ArgumentNullException.ThrowIfNull(resources);
        return new XdsSnapshot(revision, resources
            .GroupBy(resource => resource.TypeUrl, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, CreateSet, StringComparer.Ordinal));
    }

    /// <summary>The resources of a type; empty when there are none.</summary>
    public XdsResourceSet Of(string typeUrl) => _sets.GetValueOrDefault(typeUrl, XdsResourceSet.Empty);

    /// <summary>
    /// The same content, sharing every unchanged type and resource with <paramref name="previous"/>, so that a stream
    /// sees at one glance which types changed and unchanged bytes are held once.
    /// </summary>
    public XdsSnapshot SharedWith(XdsSnapshot previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return new XdsSnapshot(Revision, _sets.ToFrozenDictionary(
            pair => pair.Key, pair => pair.Value.SharedWith(previous.Of(pair.Key)), StringComparer.Ordinal));
    }

    private static XdsResourceSet CreateSet(IGrouping<string, XdsResource> group)
    {
        XdsResource[] sorted = [.. group];
        if (!IsSorted(sorted))
        {
            Array.Sort(sorted, (left, right) => string.CompareOrdinal(left.Name, right.Name));
        }

        for (int i = 1; i < sorted.Length; i++)
        {
            if (string.Equals(sorted[i - 1].Name, sorted[i].Name, StringComparison.Ordinal))
            {
                throw new ArgumentException($"the resource {sorted[i].Name} of {group.Key} occurs twice in the snapshot");
            }
        }

        return new XdsResourceSet([.. sorted]);
    }

    // The compiler emits in order; sorting ten thousand names costs as much as all the rest.
    private static bool IsSorted(XdsResource[] resources)
    {
        for (int i = 1; i < resources.Length; i++)
        {
            if (string.CompareOrdinal(resources[i - 1].Name, resources[i].Name) > 0)
            {
                return false;
            }
        }

        return true;
    }
}
