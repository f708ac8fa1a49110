// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Tests.Streams;
using Grpc.Core;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>Cases R1 to R4, I1 to I3 and T1 to T3: reconnects, identity and types.</summary>
public sealed class StreamCases(ConformanceFixture fixture) : IClassFixture<ConformanceFixture>
{
    public static TheoryData<string> All => [.. Variants.All];

    public static TheoryData<string> Sotw => ["SN", "SA"];

    public static TheoryData<string> Delta => ["IN", "IA"];

    public static TheoryData<string> Aggregated => ["SA", "IA"];

    public static TheoryData<string> PerType => ["SN", "IN"];

    [Theory]
    [MemberData(nameof(Sotw))]
    public async Task R1_EqualVersion_IsAnsweredForNamesOnly(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Change("cds/A=v1", "cds/B=v1", "eds/A=v1", "lds/L=v1");
        await scene.Client.WildcardAsync("cds");
        string clusters = (await scene.Client.NextAsync("cds")).Version;
        await scene.Client.WildcardAsync("lds");
        string listeners = (await scene.Client.NextAsync("lds")).Version;
        await scene.Client.SubscribeAsync("eds", "A");
        string endpoints = (await scene.Client.NextAsync("eds")).Version;
        scene.Client.Disconnect();
        await scene.Client.WildcardAsync("cds", clusters);
        await scene.Client.WildcardAsync("lds", listeners);
        await scene.Client.SubscribeAsync("eds", ["A"], endpoints);
        Assert.Equal("A=v1", (await scene.Client.NextAsync("eds")).Content);
        scene.Set("cds", "B", "v2");
        Assert.Equal("A=v1 B=v2", (await scene.Client.NextAsync("cds")).Content);
        scene.Set("lds", "L", "v2");
        Assert.Equal("L=v2", (await scene.Client.NextAsync("lds")).Content);
    }

    [Theory]
    [MemberData(nameof(Delta))]
    public async Task R2_HeldVersions_GetTheDifference(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set("cds", "A B C");
        await scene.Client.WildcardAsync("cds");
        IReadOnlyDictionary<string, string> held = (await scene.Client.NextAsync("cds")).Versions;
        scene.Client.Disconnect();
        await scene.Client.WildcardAsync("cds", held: held);
        Assert.Equal("zz-sync-1=here", (await scene.QuietAsync("cds", isWildcard: true)).Content);
        scene.Client.Disconnect();
        scene.Change("cds/A=v2", "cds/B", "cds/zz-sync-1");
        await scene.Client.WildcardAsync("cds", held: held);
        Assert.Equal("A=v2", (await scene.Client.NextAsync("cds")).Content);
        Assert.Equal("B", (await scene.Client.NextAsync("cds")).Removed);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task R3_OtherServerWithEqualContent_HasEqualVersions(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set("cds", "A B");
        await scene.Client.WildcardAsync("cds");
        DriverResponse before = await scene.Client.NextAsync("cds");
        await using XdsHost replica = await XdsHost.StartAsync(ConformanceFixture.Options);
        using Scene other = new(replica, Variants.Of(variant));
        other.Set("cds", "B A");
        await other.Client.WildcardAsync("cds", before.Version, before.Versions);
        DriverResponse next = await other.QuietAsync("cds", isWildcard: true);
        Assert.Equal(scene.Client.Variant.IsDelta ? "zz-sync-1=here" : "A=v1 B=v1 zz-sync-1=here", next.Content);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task R4_WithoutAState_NothingIsSaid(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await scene.Client.WildcardAsync("cds");
        await scene.Client.WildcardAsync("lds");
        await StreamTests.Until(() => fixture.Host.Server.Nodes.Where(node => node.Node.Id == scene.Node).Sum(node => node.Types.Length) == 2);
        scene.Client.ExpectNothingMore();
        scene.Change("cds/A=v1", "lds/L=v1");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("cds")).Content);
        Assert.Equal("L=v1", (await scene.Client.NextAsync("lds")).Content);
        // No state is not an empty state: forgetting deletes nothing.
        fixture.Host.Server.Forget(scene.Node);
        scene.Set("cds", "A", "v2");
        Assert.Equal("A=v2", (await scene.Client.NextAsync("cds")).Content);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task I1_NodeOmittedLater_Works(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set("eds", "A B");
        await scene.Client.SubscribeAsync("eds", "A");
        await scene.Client.NextAsync("eds");
        await scene.Client.SubscribeAsync("eds", "B");
        Assert.Equal("B=v1", (await scene.Client.NextAsync("eds")).Content);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task I2_NodeChanged_IsInvalidArgument(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await scene.Client.SubscribeAsync("eds", "A");
        await scene.Client.SendAsync("eds", new DriverRequest("") { Subscribe = ["B"], Node = Driver.Identify("another") });
        Assert.Equal(StatusCode.InvalidArgument, (await scene.Client.EndAsync("eds")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task I3_NoNode_IsInvalidArgument(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await scene.Client.SendAsync("eds", new DriverRequest("") { Subscribe = ["A"], Node = Driver.Identify("") });
        Assert.Equal(StatusCode.InvalidArgument, (await scene.Client.EndAsync("eds")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Aggregated))]
    public async Task T1_UnknownType_LeavesTheOthersWorking(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set("cds", "A");
        await scene.Client.SendAsync("rds", new DriverRequest("type.googleapis.com/no.such.Type") { Subscribe = ["x"], Names = ["x"] });
        await scene.Client.WildcardAsync("cds");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("cds")).Content);
        await scene.QuietAsync("cds", isWildcard: true);
    }

    [Theory]
    [MemberData(nameof(PerType))]
    public async Task T2_ForeignType_IsInvalidArgument(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await scene.Client.SendAsync("eds", new DriverRequest(Snapshots.Type("cds").TypeUrl));
        Assert.Equal(StatusCode.InvalidArgument, (await scene.Client.EndAsync("eds")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task T3_EmptyType_WorksOnItsOwnStreamOnly(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set("cds", "A");
        await scene.Client.Stream("cds").SendAsync(new DriverRequest("") { Node = Driver.Identify(scene.Node) });
        if (scene.Client.Variant.IsAggregated)
        {
            Assert.Equal(StatusCode.InvalidArgument, (await scene.Client.EndAsync("cds")).StatusCode);
        }
        else
        {
            Assert.Equal("A=v1", (await scene.Client.NextAsync("cds")).Content);
        }
    }
}
