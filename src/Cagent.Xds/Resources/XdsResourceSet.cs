// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
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

    private readonly FrozenDictionary<string, XdsResource> _byName;

    internal XdsResourceSet(ImmutableArray<XdsResource> sorted)
    {
        Sorted = sorted;
        _byName = sorted.ToFrozenDictionary(resource => resource.Name, StringComparer.Ordinal);
        Version = Hash(sorted);
        MinTtl = sorted.Min(resource => resource.Ttl);
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
    public bool TryGet(string name, [NotNullWhen(true)] out XdsResource? resource) => _byName.TryGetValue(name, out resource);

    /// <summary>Gives <paramref name="previous"/> when nothing differs, else a set that shares its unchanged resources.</summary>
    internal XdsResourceSet SharedWith(XdsResourceSet previous)
    {
        if (string.Equals(Version, previous.Version, StringComparison.Ordinal))
        {
            return previous;
        }

        return new XdsResourceSet([.. Sorted.Select(
            resource => previous.TryGet(resource.Name, out XdsResource? old) && old.HasSameContent(resource) ? old : resource)]);
    }

    /// <summary>A version for some resources in ordinal order of their names.</summary>
    internal static string Hash(IEnumerable<XdsResource> sorted)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (XdsResource resource in sorted)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(resource.Name));
            hash.AppendData([0]);
            hash.AppendData(Encoding.ASCII.GetBytes(resource.Version));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
