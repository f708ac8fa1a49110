// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Compiler.Envoy;

/// <summary>The clusters of every entry, encoded. A cluster depends on its entry, the resolvers and what addresses are forbidden. Immutable.</summary>
internal sealed class EncodedClusters
{
    private readonly ImmutableArray<EntryIr> _entries;
    private readonly ImmutableArray<IPEndPoint> _resolvers;
    private readonly ImmutableArray<AddressRange> _forbidden;
    private readonly ImmutableArray<EnvoyResource?> _gates;
    private readonly ImmutableArray<ImmutableArray<EnvoyResource>> _upstreams;

    private EncodedClusters(EgressIr ir, ImmutableArray<EnvoyResource?> gates, ImmutableArray<ImmutableArray<EnvoyResource>> upstreams)
    {
        _entries = ir.AllEntries;
        _resolvers = ir.Resolvers;
        _forbidden = ir.ForbiddenUpstreams;
        _gates = gates;
        _upstreams = upstreams;
    }

    /// <summary>The gates of all entries that have one.</summary>
    public IEnumerable<EnvoyResource> Gates => _gates.OfType<EnvoyResource>();

    /// <summary>The upstreams of all entries with an exact host.</summary>
    public IEnumerable<EnvoyResource> Upstreams => _upstreams.SelectMany(upstreams => upstreams);

    /// <summary>Encodes; what the previous result has for an entry with the same content is taken over.</summary>
    public static EncodedClusters Emit(EgressIr ir, EncodedClusters? previous)
    {
        bool isOfSameDeployment = previous is not null && previous._resolvers.SequenceEqual(ir.Resolvers) && previous._forbidden.SequenceEqual(ir.ForbiddenUpstreams);
        ImmutableArray<EnvoyResource?>.Builder gates = ImmutableArray.CreateBuilder<EnvoyResource?>(ir.AllEntries.Length);
        ImmutableArray<ImmutableArray<EnvoyResource>>.Builder upstreams = ImmutableArray.CreateBuilder<ImmutableArray<EnvoyResource>>(ir.AllEntries.Length);
        UpstreamClusters clusters = new(ir);
        int old = 0;
        foreach (EntryIr entry in ir.AllEntries)
        {
            while (old < previous?._entries.Length && string.CompareOrdinal(previous._entries[old].Id, entry.Id) < 0)
            {
                old++;
            }

            if (isOfSameDeployment && old < previous!._entries.Length && previous._entries[old].HasSameContent(entry))
            {
                gates.Add(previous._gates[old]);
                upstreams.Add(previous._upstreams[old]);
            }
            else
            {
                gates.Add(entry.Kind == EntryKind.Plain ? null : Encode(InternalClusters.Gate(entry)));
                upstreams.Add(entry.Key.Host.IsWildcard ? [] : [.. clusters.Of(entry).Select(Encode)]);
            }
        }

        return new EncodedClusters(ir, gates.MoveToImmutable(), upstreams.MoveToImmutable());
    }

    private static EnvoyResource Encode(global::Envoy.Config.Cluster.V3.Cluster cluster) => EnvoyResource.Of(cluster.Name, cluster);
}
