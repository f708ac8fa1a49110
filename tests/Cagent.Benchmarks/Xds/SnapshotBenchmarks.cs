// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using Cagent.Xds.Resources;

namespace Cagent.Benchmarks.Xds;

/// <summary>What a revision with one changed domain costs the server before any stream looks at it. Target: 5 ms for 10,000.</summary>
public class SnapshotBenchmarks
{
    private XdsResource[] _resources = [];
    private XdsSnapshot _before = null!;
    private XdsSnapshot _after = null!;

    /// <summary>How many domains the snapshot has.</summary>
    [Params(100, 1000, 10_000)]
    public int Count { get; set; }

    /// <summary>Makes both revisions.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _before = XdsSnapshot.Create("1", Domains.Create(Count));
        _resources = Domains.CreateWithOneChange(Count);
        _after = XdsSnapshot.Create("2", _resources);
    }

    /// <summary>Groups, sorts, checks and hashes.</summary>
    [Benchmark]
    public XdsSnapshot Create() => XdsSnapshot.Create("2", _resources);

    /// <summary>Shares what did not change, and finds what did.</summary>
    [Benchmark]
    public int Diff()
    {
        XdsSnapshot shared = _after.SharedWith(_before);
        return shared.Of(XdsType.Cluster.TypeUrl).ChangesSince(_before.Of(XdsType.Cluster.TypeUrl)).Changed.Length;
    }

    /// <summary>All of it.</summary>
    [Benchmark]
    public XdsSnapshot CreateAndDiff() => XdsSnapshot.Create("2", _resources).SharedWith(_before);
}
