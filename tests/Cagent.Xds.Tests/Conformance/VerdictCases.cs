// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Cagent.Xds.Tests.Streams;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>Cases N1 to N4 and O1 to O3: rejections and nonces.</summary>
public sealed class VerdictCases(ConformanceFixture fixture) : IClassFixture<ConformanceFixture>
{
    public static TheoryData<string, string> Rows
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string variant in Variants.All)
            {
                data.Add(variant, "cds");
                data.Add(variant, "eds");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task N1_Nack_IsQuietUntilTheContentChanges(string variant, string type)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(type, "A");
        await scene.Client.SubscribeAsync(type, "A");
        Assert.Equal("A=v1", (await scene.Client.TakeAsync(type)).Content);
        await scene.Client.NackAsync(type, "A is no good");
        Assert.Equal("zz-sync-1=here", (await scene.QuietAsync(type)).Content);
        scene.Set(type, "A", "v2");
        Assert.Contains("A=v2", (await scene.Client.NextAsync(type)).Content, StringComparison.Ordinal);
        await StreamTests.Until(() => Status(scene, type) is { HasRejected: false, UnansweredResponses: 0 } status && status.AckedRevision == scene.Revision);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task N2_NackWithANewName_AnswersTheNameAlone(string variant, string type)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(type, "A B");
        await scene.Client.SubscribeAsync(type, "A");
        await scene.Client.TakeAsync(type);
        await scene.Client.NackAsync(type, "A is no good", "B");
        Assert.Equal("B=v1", (await scene.Client.NextAsync(type)).Content);
        Assert.DoesNotContain("A=", (await scene.QuietAsync(type)).Content, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task N3_NackThenReconnect_OffersTheLastGood(string variant, string type)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(type, "A");
        await scene.Client.SubscribeAsync(type, "A");
        DriverResponse good = await scene.Client.NextAsync(type);
        scene.Set(type, "A", "v2");
        Assert.Equal("A=v2", (await scene.Client.TakeAsync(type)).Content);
        await scene.Client.NackAsync(type, "A is no good");
        await StreamTests.Until(() => Status(scene, type)?.LastNack is not null);
        scene.Client.Disconnect();
        await scene.Client.SubscribeAsync(type, ["A"], good.Version, good.Versions);
        if (!scene.Client.Variant.IsDelta)
        {
            Assert.Equal("A=v1", (await scene.Client.NextAsync(type)).Content);
        }

        Assert.DoesNotContain("A=v2", (await scene.QuietAsync(type)).Content, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task N4_Nack_ConcernsNobodyElseAndIsSeen(string variant, string type)
    {
        using Scene bad = new(fixture.Host, Variants.Of(variant));
        using Scene good = new(fixture.Host, Variants.Of(variant));
        foreach (Scene scene in (Scene[])[bad, good])
        {
            scene.Set(type, "A");
            await scene.Client.SubscribeAsync(type, "A");
            await scene.Client.TakeAsync(type);
        }

        await bad.Client.NackAsync(type, "A is no good");
        await good.Client.AckAsync(type);
        await good.QuietAsync(type);
        await StreamTests.Until(() => Status(bad, type)?.LastNack is not null);
        NackReport report = Status(bad, type)!.LastNack!;
        Assert.Equal((bad.Node, Snapshots.Type(type).TypeUrl, "A is no good"), (report.Node.Id, report.TypeUrl, report.Text));
        Assert.Null(Status(good, type)!.LastNack);
    }

    [Theory]
    [InlineData("SN")]
    [InlineData("SA")]
    public async Task O1_StaleNonce_GetsNoAnswerAndChangesNothing(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set("eds", "A B");
        await scene.Client.SubscribeAsync("eds", "A");
        string old = (await scene.Client.NextAsync("eds")).Nonce;
        scene.Set("eds", "A", "v2");
        await scene.Client.NextAsync("eds");
        await scene.Client.SendAsync("eds", new DriverRequest("") { Names = ["A", "B"], Nonce = old });
        Assert.Equal("zz-sync-1=here", (await scene.QuietAsync("eds")).Content);
        await scene.Client.SubscribeAsync("eds", "B");
        Assert.Equal("B=v1", (await scene.Client.NextAsync("eds")).Content);
    }

    [Theory]
    [InlineData("IN")]
    [InlineData("IA")]
    public async Task O2_StaleNonce_StillSubscribes(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set("eds", "A B");
        await scene.Client.SubscribeAsync("eds", "A");
        string old = (await scene.Client.NextAsync("eds")).Nonce;
        await scene.Client.SendAsync("eds", new DriverRequest("") { Subscribe = ["B"], Nonce = old });
        Assert.Equal("B=v1", (await scene.Client.NextAsync("eds")).Content);
        await scene.QuietAsync("eds");
    }

    [Theory]
    [InlineData("SN")]
    [InlineData("SA")]
    [InlineData("IN")]
    [InlineData("IA")]
    public async Task O3_ForeignNonceFirst_IsAFirstRequest(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set("cds", "A B");
        await scene.Client.SendAsync("cds", new DriverRequest("") { Nonce = "0123456789abcdef" });
        Assert.Equal("A=v1 B=v1", (await scene.Client.NextAsync("cds")).Content);
        await scene.QuietAsync("cds", isWildcard: true);
    }

    private static TypeStatus? Status(Scene scene, string type) => scene.Host.Server.Nodes
        .Where(node => node.Node.Id == scene.Node)
        .SelectMany(node => node.Types)
        .FirstOrDefault(status => status.TypeUrl == Snapshots.Type(type).TypeUrl);
}
