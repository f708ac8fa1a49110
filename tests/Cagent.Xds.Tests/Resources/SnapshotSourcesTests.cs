// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Capabilities;
using Cagent.Xds.Resources;

namespace Cagent.Xds.Tests.Resources;

/// <summary>Several sources, one snapshot.</summary>
public sealed class SnapshotSourcesTests
{
    private readonly List<XdsSnapshot> _published = [];
    private readonly SnapshotSources _sources;

    public SnapshotSourcesTests() => _sources = new SnapshotSources(["policy", "registry"], _published.Add);

    [Fact]
    public void NothingIsPublished_BeforeEverySourceSpoke()
    {
        Assert.Null(_sources.Set("registry", Snapshots.Of("g1", "eds/a=1")));
        Assert.Empty(_published);
        Assert.Equal("p1+g1", _sources.Set("policy", Snapshots.Of("p1", "cds/a=1"))?.Revision);
        Assert.Equal("cds/a eds/a", Text(_published[^1]));
    }

    [Fact]
    public void OfOneName_TheMoreImportantSourceWins_WhateverTheOrderInTime()
    {
        _sources.Set("policy", Snapshots.Of("p1", "cds/a=policy", "cds/b=policy"));
        ComposedRevision revision = _sources.Set("registry", Snapshots.Of("g1", "cds/a=registry", "cds/c=registry"))!;
        Assert.Equal("a", Assert.Single(revision.Hidden).Name);
        Assert.Equal(["a=policy", "b=policy", "c=registry"], Bodies(_published[^1]));

        revision = _sources.Set("policy", Snapshots.Of("p2", "cds/b=policy"))!;
        Assert.Empty(revision.Hidden);
        Assert.Equal(["a=registry", "b=policy", "c=registry"], Bodies(_published[^1]));
    }

    [Fact]
    public void TypesOfOneSource_AreShared()
    {
        XdsSnapshot policy = Snapshots.Of("p1", "cds/a=1", "rds/r=1");
        _sources.Set("policy", policy);
        _sources.Set("registry", Snapshots.Of("g1", "eds/a=1"));
        Assert.Same(policy.Of(XdsType.Routes.TypeUrl), _published[^1].Of(XdsType.Routes.TypeUrl));
    }

    [Fact]
    public void Requirements_AreKept_AndANameBelongsToOneSourceWithAllItsVariants()
    {
        _sources.Set("policy", XdsSnapshot.Create("p1", [Snapshots.Resource("cds/a=new").Requiring("x")]));
        ComposedRevision revision = _sources.Set("registry", Snapshots.Of("g1", "cds/a=registry", "cds/b=1"))!;
        Assert.Equal("a", Assert.Single(revision.Hidden).Name);
        Assert.Equal(["a=new", "b=1"], Bodies(_published[^1].For(CapabilitySet.Of("x"))));
        Assert.Equal(["b=1"], Bodies(_published[^1].For(CapabilitySet.Of())));
    }

    [Fact]
    public void UnknownAndRepeatedNames_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => _sources.Set("other", Snapshots.Of("x")));
        Assert.Throws<ArgumentException>(() => new SnapshotSources(["a", "a"], _published.Add));
        Assert.Throws<ArgumentException>(() => new SnapshotSources([], _published.Add));
    }

    private static string Text(XdsSnapshot snapshot) => string.Join(' ', XdsType.SendOrder.SelectMany(
        type => snapshot.Of(type.TypeUrl).Sorted.Select(resource => $"{type}/{resource.Name}")));

    private static string[] Bodies(XdsSnapshot snapshot) => [.. snapshot.Of(XdsType.Cluster.TypeUrl).Sorted.Select(resource => resource.Body.ToStringUtf8())];
}
