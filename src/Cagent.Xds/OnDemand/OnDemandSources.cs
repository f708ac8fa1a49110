// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Cagent.Xds.OnDemand;

/// <summary>The sources by type; the first one that owns a name answers for it. Immutable, thread safe.</summary>
internal sealed class OnDemandSources(IEnumerable<IOnDemandSource> sources)
{
    private readonly FrozenDictionary<string, ImmutableArray<IOnDemandSource>> _byType = sources
        .GroupBy(source => source.TypeUrl, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => group.ToImmutableArray(), StringComparer.Ordinal);

    public IEnumerable<IOnDemandSource> All => _byType.Values.SelectMany(sources => sources);

    public IOnDemandSource? Find(string typeUrl, string name)
    {
        if (!_byType.TryGetValue(typeUrl, out ImmutableArray<IOnDemandSource> sources))
        {
            return null;
        }

        foreach (IOnDemandSource source in sources)
        {
            if (source.Owns(name))
            {
                return source;
            }
        }

        return null;
    }
}
