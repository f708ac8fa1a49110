// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Xds.Tests.Resources;

/// <summary>What a snapshot and its resources promise before any stream sees them.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void Create_NameTwice_IsRefused()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => Snapshots.Of("r1", "cds/a=1", "cds/b=1", "cds/a=2"));
        Assert.Contains("the resource a of type.googleapis.com/envoy.config.cluster.v3.Cluster occurs twice", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, Snapshots.Of("r1", "cds/a=1", "eds/a=1").TypeUrls.Count());
    }

    [Fact]
    public void Create_MapsInAnyOrder_HaveOneVersion()
    {
        string[] keys = [.. Enumerable.Range(0, 100).Select(i => $"key-{i}")];
        HashSet<string> versions = [];
        for (int seed = 0; seed < 10; seed++)
        {
            string[] shuffled = [.. keys];
            new Random(seed).Shuffle(shuffled);
            Struct message = new();
            foreach (string key in shuffled)
            {
                message.Fields.Add(key, Value.ForString(key));
            }

            versions.Add(XdsResource.Create(XdsType.Runtime.TypeUrl, "r", message).Version);
        }

        Assert.Single(versions);
    }
}
