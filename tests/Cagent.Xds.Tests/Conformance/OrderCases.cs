// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Streams;
using Google.Protobuf;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>Cases M1 to M4, C1, P1 and P2: order between types, size, isolation and bursts.</summary>
public sealed class OrderCases(ConformanceFixture fixture) : IClassFixture<ConformanceFixture>
{
    public static TheoryData<string> All => [.. Variants.All];

    public static TheoryData<string> Delta => ["IN", "IA"];

    public static TheoryData<string> Aggregated => ["SA", "IA"];

    [Theory]
    [MemberData(nameof(Aggregated))]
    public async Task M1_ChangedCluster_GetsItsEndpointsUnasked(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await StartAsync(scene);
        scene.Set("cds", "A", "v2");
        Assert.Equal("A=v2", (await scene.Client.NextAsync("cds")).Content);
        Assert.Equal("A=v1", (await scene.Client.NextAsync("eds")).Content);
        await scene.QuietAsync("eds");
    }

    [Theory]
    [MemberData(nameof(Aggregated))]
    public async Task M2_Additions_ComeInOrderAfterEachAck(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await StartAsync(scene);
        await scene.Client.SubscribeAsync("eds", "N");
        await scene.Client.SubscribeAsync("rds", "N");
        if (scene.Client.Variant.IsDelta)
        {
            Assert.Equal("N", (await scene.Client.NextAsync("eds")).Removed);
            Assert.Equal("N", (await scene.Client.NextAsync("rds")).Removed);
        }

        await scene.QuietAsync("sds");
        scene.Change("cds/N=v1", "eds/N=v1", "lds/N=v1", "rds/N=v1");
        Assert.Contains("N=v1", (await scene.Client.TakeAsync("cds")).Content, StringComparison.Ordinal);
        // Envoy holds the ACK of its clusters until it has their endpoints.
        Assert.Equal("N=v1", (await scene.Client.TakeAsync("eds")).Content);
        await scene.QuietAsync("sds");
        await scene.Client.AckAsync("cds");
        await scene.Client.AckAsync("eds");
        Assert.Contains("N=v1", (await scene.Client.TakeAsync("lds")).Content, StringComparison.Ordinal);
        await scene.QuietAsync("sds");
        await scene.Client.AckAsync("lds");
        Assert.Equal("N=v1", (await scene.Client.NextAsync("rds")).Content);
    }

    [Theory]
    [MemberData(nameof(Aggregated))]
    public async Task M3_Removals_RoutesBeforeClusters(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await StartAsync(scene);
        scene.Change("rds/A=v2", "cds/A", "eds/A");
        Assert.Equal("A=v2", (await scene.Client.TakeAsync("rds")).Content);
        await scene.QuietAsync("sds");
        await scene.Client.AckAsync("rds");
        DriverResponse response = await scene.Client.TakeAsync(scene.Client.Variant.IsDelta ? "eds" : "cds");
        Assert.Equal(("", scene.Client.Variant.IsDelta ? "A" : ""), (response.Content, response.Removed));
        if (scene.Client.Variant.IsDelta)
        {
            Assert.Equal("A", (await scene.Client.NextAsync("cds")).Removed);
        }
    }

    [Theory]
    [MemberData(nameof(Aggregated))]
    public async Task M4_SlowAck_DelaysNobodyElseAndEndsWithTheTimeout(string variant)
    {
        await using XdsHost host = await XdsHost.StartAsync(ConformanceFixture.Options with { AckTimeout = TimeSpan.FromMilliseconds(500) });
        using Scene slow = new(host, Variants.Of(variant));
        using Scene quick = new(host, Variants.Of(variant));
        foreach (Scene scene in (Scene[])[slow, quick])
        {
            await StartAsync(scene);
            scene.Change("cds/B=v1", "rds/A=v2");
        }

        Assert.Contains("B=v1", (await slow.Client.TakeAsync("cds")).Content, StringComparison.Ordinal);
        Assert.Contains("B=v1", (await quick.Client.NextAsync("cds")).Content, StringComparison.Ordinal);
        Assert.Equal("A=v2", (await quick.Client.NextAsync("rds")).Content);
        Assert.Equal("A=v2", (await slow.Client.NextAsync("rds")).Content);
    }

    [Theory]
    [MemberData(nameof(Delta))]
    public async Task C1_ManyResources_ComeInSeveralResponsesBeforeTheNextType(string variant)
    {
        const int Count = 10_000;
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        string content = new('x', 200);
        IEnumerable<XdsResource> clusters = Enumerable.Range(0, Count).Select(i => XdsResource.FromBytes(
            XdsType.Cluster.TypeUrl, i.ToString("d5", CultureInfo.InvariantCulture), ByteString.CopyFromUtf8($"{i:d5}={content}")));
        scene.Host.Server.Publish(scene.Node, XdsSnapshot.Create("many", [.. clusters, Snapshots.Resource("lds/L=v1")]));
        await scene.Client.WildcardAsync("cds");
        await scene.Client.WildcardAsync("lds");
        HashSet<string> names = [];
        HashSet<string> nonces = [];
        while (names.Count < Count)
        {
            DriverResponse response = await scene.Client.NextAsync("cds");
            Assert.InRange(response.Content.Length, 1, 1024 * 1024);
            Assert.All(response.Versions.Keys, name => Assert.True(names.Add(name)));
            Assert.True(nonces.Add(response.Nonce));
        }

        Assert.True(nonces.Count > 1);
        Assert.Equal("L=v1", (await scene.Client.NextAsync("lds")).Content);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task P1_NodesOfTwoGroups_NeverSeeEachOthersNames(string variant)
    {
        using Scene one = new(fixture.Host, Variants.Of(variant));
        using Scene two = new(fixture.Host, Variants.Of(variant));
        one.Set("cds", "A");
        two.Set("cds", "B");
        await one.Client.SubscribeAsync("cds", "A", "B");
        await two.Client.WildcardAsync("cds");
        DriverResponse first = await one.Client.NextAsync("cds");
        Assert.Equal(("A=v1", one.Client.Variant.IsDelta ? "B" : ""), (first.Content, first.Removed));
        Assert.Equal("B=v1", (await two.Client.NextAsync("cds")).Content);
        two.Set("cds", "B", "v2");
        Assert.Equal("B=v2", (await two.Client.NextAsync("cds")).Content);
        Assert.DoesNotContain("B=", (await one.QuietAsync("cds")).Content, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task P2_Burst_EndsWithTheLastInFewResponses(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set("cds", "A", "v0");
        await scene.Client.WildcardAsync("cds");
        await scene.Client.NextAsync("cds");
        for (int i = 1; i <= 1000; i++)
        {
            scene.Set("cds", "A", $"v{i}");
        }

        // Not acknowledged: only one may be under way.
        DriverResponse response = await scene.Client.TakeAsync("cds");
        await StreamTests.Until(() => scene.Host.Server.Nodes.Single(node => node.Node.Id == scene.Node).Types[0].UnansweredResponses == 1);
        scene.Client.ExpectNothingMore();
        await scene.Client.AckAsync("cds");
        if (response.Content != "A=v1000")
        {
            Assert.Equal("A=v1000", (await scene.Client.NextAsync("cds")).Content);
        }

        await scene.QuietAsync("cds", isWildcard: true);
    }

    private static async Task StartAsync(Scene scene)
    {
        scene.Change("cds/A=v1", "eds/A=v1", "lds/A=v1", "rds/A=v1");
        await scene.Client.WildcardAsync("cds");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("cds")).Content);
        await scene.Client.SubscribeAsync("eds", "A");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("eds")).Content);
        await scene.Client.WildcardAsync("lds");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("lds")).Content);
        await scene.Client.SubscribeAsync("rds", "A");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("rds")).Content);
        // The server has read every ACK when this comes back.
        await scene.QuietAsync("sds");
    }
}
