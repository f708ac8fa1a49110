// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Cagent.Xds.Resources;

/// <summary>All resources of one type in a snapshot. Immutable, thread safe.</summary>
public sealed class XdsResourceSet
{
    /// <summary>The set without resources.</summary>
    public static readonly XdsResourceSet Empty = new([]);

    private const int HashBlock = 32 * 1024;

    // Steps that streams make: nearly always from the last revision, from the one before, or from nothing.
    private const int MaxKnownChanges = 8;

    private readonly NameIndex _index;
    private readonly ConcurrentDictionary<string, SetChanges> _changes = new(concurrencyLevel: 1, capacity: 2, StringComparer.Ordinal);

    internal XdsResourceSet(ImmutableArray<XdsResource> sorted)
        : this(sorted, Hash(sorted), new NameIndex(sorted))
    {
    }

    private XdsResourceSet(ImmutableArray<XdsResource> sorted, string version, NameIndex index)
    {
        Sorted = sorted;
        Version = version;
        _index = index;
        MinTtl = FindMinTtl(sorted);
        Bytes = sorted.Sum(resource => (long)resource.Body.Length);
    }

    /// <summary>The resources in ordinal order of their names.</summary>
    public ImmutableArray<XdsResource> Sorted { get; }

    /// <summary>32 hexadecimal characters, a hash over the sorted names and versions.</summary>
    public string Version { get; }

    /// <summary>The bytes of all bodies.</summary>
    internal long Bytes { get; }

    /// <summary>The shortest time to live; null when no resource has one.</summary>
    internal TimeSpan? MinTtl { get; }

    /// <summary>Finds a resource by its exact name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out XdsResource? resource)
    {
        int index = _index.Find(name);
        resource = index < 0 ? null : Sorted[index];
        return resource is not null;
    }

    /// <summary>What differs from an earlier set; computed once for each, whoever asks.</summary>
    internal SetChanges ChangesSince(XdsResourceSet previous)
    {
        if (ReferenceEquals(previous, this) || string.Equals(previous.Version, Version, StringComparison.Ordinal))
        {
            return SetChanges.None;
        }

        if (_changes.TryGetValue(previous.Version, out SetChanges? known))
        {
            return known;
        }

        SetChanges changes = SetChanges.Between(previous, this);
        return _changes.Count < MaxKnownChanges ? _changes.GetOrAdd(previous.Version, changes) : changes;
    }

    /// <summary>Gives <paramref name="previous"/> when nothing differs, else a set that shares its unchanged resources.</summary>
    internal XdsResourceSet SharedWith(XdsResourceSet previous)
    {
        if (string.Equals(Version, previous.Version, StringComparison.Ordinal))
        {
            return previous;
        }

        ImmutableArray<XdsResource>.Builder shared = ImmutableArray.CreateBuilder<XdsResource>(Sorted.Length);
        bool hasSameNames = Sorted.Length == previous.Sorted.Length;
        int old = 0;
        foreach (XdsResource resource in Sorted)
        {
            int order = -1;
            while (old < previous.Sorted.Length && (order = string.CompareOrdinal(previous.Sorted[old].Name, resource.Name)) < 0)
            {
                old++;
            }

            bool isKnown = old < previous.Sorted.Length && order == 0;
            hasSameNames &= isKnown;
            shared.Add(isKnown && previous.Sorted[old].HasSameContent(resource) ? previous.Sorted[old] : resource);
        }

        ImmutableArray<XdsResource> sorted = shared.DrainToImmutable();
        return new XdsResourceSet(sorted, Version, hasSameNames ? previous._index : new NameIndex(sorted));
    }

    /// <summary>A version for some resources in ordinal order of their names.</summary>
    internal static string Hash(IReadOnlyList<XdsResource> sorted)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // In blocks: a call for each name and version costs more than the hash.
        byte[] block = ArrayPool<byte>.Shared.Rent(HashBlock);
        int fill = 0;
        foreach (XdsResource resource in sorted)
        {
            int most = Encoding.UTF8.GetMaxByteCount(resource.Name.Length) + 1 + resource.Version.Length;
            if (fill + most > block.Length)
            {
                hash.AppendData(block.AsSpan(0, fill));
                fill = 0;
            }

            if (most > block.Length)
            {
                hash.AppendData([.. Encoding.UTF8.GetBytes(resource.Name), 0, .. Encoding.ASCII.GetBytes(resource.Version)]);
                continue;
            }

            fill += Encoding.UTF8.GetBytes(resource.Name, block.AsSpan(fill));
            block[fill++] = 0;
            fill += Encoding.ASCII.GetBytes(resource.Version, block.AsSpan(fill));
        }

        hash.AppendData(block.AsSpan(0, fill));
        ArrayPool<byte>.Shared.Return(block);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    private static TimeSpan? FindMinTtl(ImmutableArray<XdsResource> resources)
    {
        TimeSpan? min = null;
        foreach (XdsResource resource in resources)
        {
            min = resource.Ttl is { } ttl && !(ttl >= min) ? ttl : min;
        }

        return min;
    }
}
