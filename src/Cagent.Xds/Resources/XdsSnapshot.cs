// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using Cagent.Xds.Capabilities;

namespace Cagent.Xds.Resources;

/// <summary>Every resource of one revision, by type and name. Immutable, thread safe.</summary>
public sealed class XdsSnapshot
{
    private readonly FrozenDictionary<string, XdsResourceSet> _sets;

    // Of the types with requirements: everything, in the order of making.
    private readonly FrozenDictionary<string, ImmutableArray<XdsResource>> _variants;

    private XdsSnapshot(string revision, FrozenDictionary<string, XdsResourceSet> sets, FrozenDictionary<string, ImmutableArray<XdsResource>> variants)
    {
        _variants = variants;
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
    /// <exception cref="ArgumentException">
    /// A name occurs twice in a type with the same requirements (Envoy rejects a response with both), or the revision is empty.
    /// </exception>
    public static XdsSnapshot Create(string revision, IEnumerable<XdsResource> resources)
    {
        ArgumentException.ThrowIfNullOrEmpty(revision);
        ArgumentNullException.ThrowIfNull(resources);
        IGrouping<string, XdsResource>[] types = [.. resources.GroupBy(resource => resource.TypeUrl, StringComparer.Ordinal)];
        return new XdsSnapshot(
            revision,
            types.ToFrozenDictionary(group => group.Key, group => CreateSet(group.Key, group, CapabilitySet.All), StringComparer.Ordinal),
            types.Where(group => group.Any(resource => !resource.Requires.IsEmpty))
                .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal));
    }

    /// <summary>Puts snapshots together. Types that one of them alone has are shared with it, so that it costs what overlaps.</summary>
    /// <param name="revision">The name of the result; not empty.</param>
    /// <param name="snapshots">The most important first: of two resources with one type and name its own counts.</param>
    /// <param name="hidden">The resources that lost.</param>
    public static XdsSnapshot Compose(string revision, IReadOnlyList<XdsSnapshot> snapshots, out ImmutableArray<XdsResource> hidden)
    {
        ArgumentException.ThrowIfNullOrEmpty(revision);
        ArgumentNullException.ThrowIfNull(snapshots);
        ImmutableArray<XdsResource>.Builder lost = ImmutableArray.CreateBuilder<XdsResource>();
        Dictionary<string, XdsResourceSet> sets = new(StringComparer.Ordinal);
        Dictionary<string, ImmutableArray<XdsResource>> variants = new(StringComparer.Ordinal);
        foreach (IGrouping<string, XdsSnapshot> type in snapshots
            .SelectMany(snapshot => snapshot.TypeUrls, (snapshot, url) => (snapshot, url)).GroupBy(pair => pair.url, pair => pair.snapshot, StringComparer.Ordinal))
        {
            XdsSnapshot[] holders = [.. type];
            ImmutableArray<XdsResource> all = holders.Length == 1 ? holders[0].AllOf(type.Key) : Merge(holders, type.Key, lost);
            sets[type.Key] = holders.Length == 1 ? holders[0].Of(type.Key) : CreateSet(type.Key, all, CapabilitySet.All);
            if (holders.Any(holder => holder._variants.ContainsKey(type.Key)))
            {
                variants[type.Key] = all;
            }
        }

        hidden = lost.ToImmutable();
        return new XdsSnapshot(revision, sets.ToFrozenDictionary(StringComparer.Ordinal), variants.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>The resources of a type; empty when there are none.</summary>
    public XdsResourceSet Of(string typeUrl) => _sets.GetValueOrDefault(typeUrl, XdsResourceSet.Empty);

    /// <summary>Whether it differs by capabilities.</summary>
    internal bool HasVariants => _variants.Count > 0;

    /// <summary>What a node with these capabilities gets; types without requirements, and equal resources, are shared.</summary>
    public XdsSnapshot For(CapabilitySet capabilities)
    {
        ArgumentNullException.ThrowIfNull(capabilities);
        if (!HasVariants || capabilities.IsAll)
        {
            return this;
        }

        return new XdsSnapshot(Revision, _sets.ToFrozenDictionary(pair => pair.Key, SetFor, StringComparer.Ordinal), _variants);

        XdsResourceSet SetFor(KeyValuePair<string, XdsResourceSet> pair) => _variants.TryGetValue(pair.Key, out ImmutableArray<XdsResource> all)
            ? CreateSet(pair.Key, all, capabilities).SharedWith(pair.Value)
            : pair.Value;
    }

    /// <summary>
    /// The same content, sharing every unchanged type and resource with <paramref name="previous"/>, so that a stream
    /// sees at one glance which types changed and unchanged bytes are held once.
    /// </summary>
    public XdsSnapshot SharedWith(XdsSnapshot previous)
    {
        ArgumentNullException.ThrowIfNull(previous);
        return new XdsSnapshot(Revision, _sets.ToFrozenDictionary(
            pair => pair.Key, pair => pair.Value.SharedWith(previous.Of(pair.Key)), StringComparer.Ordinal), _variants);
    }

    private ImmutableArray<XdsResource> AllOf(string typeUrl) =>
        _variants.TryGetValue(typeUrl, out ImmutableArray<XdsResource> all) ? all : Of(typeUrl).Sorted;

    // By name and not by requirement: a name belongs to one source, with all its variants.
    private static ImmutableArray<XdsResource> Merge(XdsSnapshot[] holders, string typeUrl, ImmutableArray<XdsResource>.Builder lost)
    {
        ImmutableArray<XdsResource>.Builder merged = ImmutableArray.CreateBuilder<XdsResource>();
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (XdsSnapshot holder in holders)
        {
            ImmutableArray<XdsResource> own = holder.AllOf(typeUrl);
            foreach (XdsResource resource in own)
            {
                (taken.Contains(resource.Name) ? lost : merged).Add(resource);
            }

            taken.UnionWith(own.Select(resource => resource.Name));
        }

        return merged.ToImmutable();
    }

    private static XdsResourceSet CreateSet(string typeUrl, IEnumerable<XdsResource> resources, CapabilitySet capabilities)
    {
        // A stable order: of one name, the first that was given comes first.
        XdsResource[] sorted = [.. resources];
        if (!IsSorted(sorted))
        {
            sorted = [.. sorted.OrderBy(resource => resource.Name, StringComparer.Ordinal)];
        }

        ImmutableArray<XdsResource>.Builder set = ImmutableArray.CreateBuilder<XdsResource>(sorted.Length);
        int first = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            bool isSameName = i > 0 && string.Equals(sorted[i - 1].Name, sorted[i].Name, StringComparison.Ordinal);
            first = isSameName ? first : i;
            if (first < i && sorted[first..i].Any(other => other.Requires.SetEquals(sorted[i].Requires)))
            {
                throw new ArgumentException($"the resource {sorted[i].Name} of {typeUrl} occurs twice in the snapshot");
            }

            bool isChosen = set.Count > 0 && string.Equals(set[^1].Name, sorted[i].Name, StringComparison.Ordinal);
            if (!isChosen && sorted[i].Requires.All(capabilities.Has))
            {
                set.Add(sorted[i]);
            }
        }

        return new XdsResourceSet(set.ToImmutable());
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
