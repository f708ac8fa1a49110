// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Tests.Streams;
using Grpc.Core;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>Cases K1 and Z1: the less usual types, and clients that do not behave.</summary>
public sealed class KindCases(ConformanceFixture fixture) : IClassFixture<ConformanceFixture>
{
    public static TheoryData<string> All => [.. Variants.All];

    public static TheoryData<string, string> Kinds
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string variant in Variants.All)
            {
                foreach (string type in (string[])["sds", "rtds", "ecds", "srds"])
                {
                    data.Add(variant, type);
                }
            }

            data.Add("IN", "vhds");
            data.Add("IA", "vhds");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task K1_EveryKind_IsSubscribedUpdatedAndLeft(string variant, string type)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        bool isDelta = scene.Client.Variant.IsDelta;
        scene.Set(type, "A B C");
        await scene.Client.SubscribeAsync(type, "A", "B");
        Assert.Equal("A=v1 B=v1", await scene.Client.GatherAsync(type, 2));
        scene.Set(type, "B", "v2");
        Assert.Contains("B=v2", (await scene.Client.NextAsync(type)).Content, StringComparison.Ordinal);
        await scene.Client.SubscribeAsync(type, "X");
        if (isDelta)
        {
            Assert.Equal("X", (await scene.Client.NextAsync(type)).Removed);
        }

        await scene.QuietAsync(type);
        scene.Set(type, "X");
        Assert.Contains("X=v1", (await scene.Client.NextAsync(type)).Content, StringComparison.Ordinal);
        await scene.Client.UnsubscribeAsync(type, "B");
        await scene.QuietAsync(type);
        scene.Set(type, "B", "v3");
        Assert.DoesNotContain("B=", (await scene.QuietAsync(type)).Content, StringComparison.Ordinal);
        scene.Client.ExpectNothingMore();
    }

    [Fact]
    public async Task K1_RateLimitConfig_SurvivesTheEarlyAck()
    {
        using Scene scene = new(fixture.Host, Variants.Of("SA"));
        scene.Set("rlsds", "A B");
        await scene.Client.WildcardAsync("rlsds");
        // Its client acknowledges before there is anything, with a node each time.
        await scene.Client.SendAsync("rlsds", new DriverRequest("") { Node = Driver.Identify(scene.Node) });
        Assert.Equal("A=v1 B=v1", (await scene.Client.NextAsync("rlsds")).Content);
        scene.Set("rlsds", "A", "v2");
        Assert.Equal("A=v2 B=v1", (await scene.Client.NextAsync("rlsds")).Content);
        await scene.QuietAsync("rlsds", isWildcard: true);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Z1_AckTwiceAndBeforeTheResponse_IsNotAnswered(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await scene.Client.SubscribeAsync("eds", "A");
        await scene.Client.SendAsync("eds", new DriverRequest("") { Nonce = "before-the-answer" });
        scene.Set("eds", "A");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("eds")).Content);
        await scene.Client.AckAsync("eds");
        await scene.Client.AckAsync("eds");
        Assert.Equal("zz-sync-1=here", (await scene.QuietAsync("eds")).Content);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Z1_LongName_IsInvalidArgument(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await scene.Client.SubscribeAsync("eds", new string('x', 1024 * 1024));
        Assert.Equal(StatusCode.InvalidArgument, (await scene.Client.EndAsync("eds")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Z1_TooManyNames_IsResourceExhausted(string variant)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await scene.Client.SubscribeAsync("eds", [.. Enumerable.Range(0, 100_000).Select(i => $"name-{i}")]);
        Assert.Equal(StatusCode.ResourceExhausted, (await scene.Client.EndAsync("eds")).StatusCode);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Z1_HalfCloseAndReset_LeaveNoStreamBehind(string variant)
    {
        using Scene closing = new(fixture.Host, Variants.Of(variant));
        using Scene reset = new(fixture.Host, Variants.Of(variant));
        foreach (Scene scene in (Scene[])[closing, reset])
        {
            scene.Set("eds", "A");
            await scene.Client.SubscribeAsync("eds", "A");
            await scene.Client.NextAsync("eds");
        }

        await closing.Client.Stream("eds").HalfCloseAsync();
        Assert.Equal(StatusCode.OK, (await closing.Client.EndAsync("eds")).StatusCode);
        reset.Client.Disconnect();
        await StreamTests.Until(() => !fixture.Host.Server.Nodes.Any(node => node.Node.Id == closing.Node || node.Node.Id == reset.Node));
    }
}
