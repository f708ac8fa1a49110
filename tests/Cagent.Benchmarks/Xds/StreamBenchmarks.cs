// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using Cagent.Xds;
using Cagent.Xds.Ordering;
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;

namespace Cagent.Benchmarks.Xds;

/// <summary>What a push with one changed domain costs each stream: publication, response and ACK, without encoding and transport.</summary>
public class StreamBenchmarks
{
    private readonly PublishedSnapshot[] _published = new PublishedSnapshot[2];
    private StreamState _delta = null!;
    private StreamState _sotw = null!;
    private int _turn;

    /// <summary>How many domains the snapshot has.</summary>
    [Params(100, 1000, 10_000)]
    public int Count { get; set; }

    /// <summary>Brings a stream of each variant to the first revision.</summary>
    [GlobalSetup]
    public void Setup()
    {
        XdsSnapshot first = XdsSnapshot.Create("1", Domains.Create(Count));
        XdsSnapshot second = XdsSnapshot.Create("2", Domains.CreateWithOneChange(Count)).SharedWith(first);
        _published[0] = new PublishedSnapshot(new Publication(1, "", "1", 0), first);
        _published[1] = new PublishedSnapshot(new Publication(2, "", "2", 0), second);
        _delta = Start(isDelta: true, new DeltaRequest { TypeUrl = XdsType.Cluster.TypeUrl });
        _sotw = Start(isDelta: false, new SotwRequest { TypeUrl = XdsType.Cluster.TypeUrl });
    }

    /// <summary>Delta: target O(changed), the same for every size.</summary>
    [Benchmark]
    public int DeltaPush()
    {
        int parts = 0;
        _delta.Publish(_published[++_turn & 1]);
        foreach (ResponsePart part in _delta.Next(TimeSpan.Zero))
        {
            parts++;
            _delta.Apply(XdsType.Cluster, new DeltaRequest { TypeUrl = XdsType.Cluster.TypeUrl, Nonce = part.Nonce });
        }

        return parts;
    }

    /// <summary>State of the world: the whole state goes out, and nobody looks at each resource.</summary>
    [Benchmark]
    public int SotwPush()
    {
        int parts = 0;
        _sotw.Publish(_published[++_turn & 1]);
        foreach (ResponsePart part in _sotw.Next(TimeSpan.Zero))
        {
            parts++;
            _sotw.Apply(XdsType.Cluster, new SotwRequest { TypeUrl = XdsType.Cluster.TypeUrl, Nonce = part.Nonce, VersionInfo = part.VersionInfo });
        }

        return parts;
    }

    private StreamState Start(bool isDelta, XdsRequest first)
    {
        var limits = new StreamLimits(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5), 1024 * 1024, 256);
        var stream = new StreamState(limits, new NonceSource(1), (_, _) => false, new XdsVariant(isDelta, IsAggregated: true));
        stream.Publish(_published[0]);
        stream.Apply(XdsType.Cluster, first);
        foreach (ResponsePart part in stream.Next(TimeSpan.Zero))
        {
            XdsRequest ack = isDelta
                ? new DeltaRequest { TypeUrl = XdsType.Cluster.TypeUrl, Nonce = part.Nonce }
                : new SotwRequest { TypeUrl = XdsType.Cluster.TypeUrl, Nonce = part.Nonce, VersionInfo = part.VersionInfo };
            stream.Apply(XdsType.Cluster, ack);
        }

        return stream;
    }
}
