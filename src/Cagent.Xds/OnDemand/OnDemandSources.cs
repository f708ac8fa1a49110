// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using Cagent.Xds.Nodes;
using Cagent.Xds.Resources;

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

    /// <summary>Asks the source that owns a name; null when there is none, or no such resource.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up, or the source took longer than the limit.</exception>
    /// <exception cref="InvalidOperationException">The source made another resource than the wanted one.</exception>
    public async Task<XdsResource?> GetAsync(
        XdsType type, string name, NodeIdentity node, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Find(type.TypeUrl, name) is not { } source)
        {
            return null;
        }

        using var timeout = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        // WaitAsync: a source that ignores its token must not keep the name waiting.
        XdsResource? resource = await source.GetAsync(name, node, both.Token).AsTask().WaitAsync(both.Token).ConfigureAwait(false);
        return resource is null || (resource.Name == name && resource.TypeUrl == type.TypeUrl)
            ? resource
            : throw new InvalidOperationException($"the source made {resource} when asked for {type.TypeUrl}/{name}");
    }
}
