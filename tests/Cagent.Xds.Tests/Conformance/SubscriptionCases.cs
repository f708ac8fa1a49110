// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Tests.Conformance;

/// <summary>Cases S1 to S9 and U1 to U3: what a subscription gets (section 15 of the protocol notes).</summary>
public sealed class SubscriptionCases(ConformanceFixture fixture) : IClassFixture<ConformanceFixture>
{
    private static readonly string[] Sotw = ["SN", "SA"];

    public static TheoryData<string, string, string> S1Rows => Rows(Sotw, ("cds", "A B C"), ("lds", "D E F"));

    public static TheoryData<string, string, string> S2Rows => Rows(Sotw, ("cds", "A B C"), ("lds", "D E F"));

    public static TheoryData<string, string, string> S3Rows => Rows(Sotw, ("cds", "A B C D"), ("lds", "D E F G"));

    public static TheoryData<string, string, string> S4Rows => Rows(Variants.All, ("lds", "L G"), ("rds", "B A"));

    public static TheoryData<string, string, string> S5Rows => Rows(Sotw, ("cds", "B D"), ("lds", "L G"));

    public static TheoryData<string, string, string> S6Rows => Rows(Sotw, ("rds", "B D"), ("eds", "B D"));

    public static TheoryData<string, string, string> S7Rows => Rows(Sotw, ("cds", "A Z"), ("lds", "B D X"));

    public static TheoryData<string, string, string> S8Rows => Rows(Sotw, ("rds", "A Z"), ("eds", "A Z"));

    public static TheoryData<string, string, string> S9Rows => Rows(["SA"], ("cds", "lds"), ("rds", "eds"));

    public static TheoryData<string, string, string> U1Rows => Rows(Sotw, ("cds", "A B C"), ("lds", "B C D"));

    public static TheoryData<string, string, string> U2Rows => Rows(Sotw, ("rds", "B C D"), ("eds", "B C D"));

    public static TheoryData<string, string, string> U3Rows => Rows(Sotw, ("cds", "A B"), ("rds", "A B"), ("lds", "A B"), ("eds", "A B"));

    [Theory]
    [MemberData(nameof(S1Rows))]
    public async Task S1_Wildcard_GetsAllInOneResponse(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await StartWildcardAsync(scene, type, names);
        await scene.QuietAsync(type, isWildcard: true);
        scene.Client.ExpectNothingMore();
    }

    [Theory]
    [MemberData(nameof(S2Rows))]
    public async Task S2_UpdateUnderWildcard_GetsAllInOneResponse(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        DriverResponse first = await StartWildcardAsync(scene, type, names);
        scene.Set(type, names[..1], "v2");
        DriverResponse second = await scene.Client.NextAsync(type);
        Assert.Equal(At(names).Replace(names[..1] + "=v1", names[..1] + "=v2", StringComparison.Ordinal), second.Content);
        Assert.NotEqual(first.Version, second.Version);
        Assert.NotEqual(first.Nonce, second.Nonce);
        await scene.QuietAsync(type, isWildcard: true);
    }

    [Theory]
    [MemberData(nameof(S3Rows))]
    public async Task S3_AdditionUnderWildcard_GetsAllInOneResponse(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await StartWildcardAsync(scene, type, names[..5]);
        scene.Set(type, names[^1..], "v2");
        Assert.Equal(At(names[..5]) + " " + names[^1..] + "=v2", (await scene.Client.NextAsync(type)).Content);
        await scene.QuietAsync(type, isWildcard: true);
    }

    [Theory]
    [MemberData(nameof(S4Rows))]
    public async Task S4_Subset_GetsExactlyTheSubset(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(type, "A B D G L");
        await scene.Client.SubscribeAsync(type, names.Split(' '));
        Assert.Equal(At(names), await scene.Client.GatherAsync(type, 2));
        await scene.QuietAsync(type);
    }

    [Theory]
    [MemberData(nameof(S5Rows))]
    public async Task S5_UpdateInASubsetOfAFullState_GetsTheSubsetInOneResponse(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await StartNamedAsync(scene, type, names, "A B C D G L");
        scene.Set(type, names[..1], "v2");
        Assert.Equal(At(names).Replace(names[..1] + "=v1", names[..1] + "=v2", StringComparison.Ordinal), (await scene.Client.NextAsync(type)).Content);
        await scene.QuietAsync(type);
    }

    [Theory]
    [MemberData(nameof(S6Rows))]
    public async Task S6_UpdateInASubset_GetsTheChangedOne(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await StartNamedAsync(scene, type, names, "A B C D");
        scene.Set(type, "B", "v2");
        Assert.Equal("B=v2", (await scene.Client.NextAsync(type)).Content);
        Assert.Equal("zz-sync-1=here", (await scene.QuietAsync(type)).Content);
    }

    [Theory]
    [MemberData(nameof(S7Rows))]
    public async Task S7_MissingNameOfAFullStateAppears_GetsTheSubsetInOneResponse(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        string there = names[..^2];
        scene.Set(type, there);
        await scene.Client.SubscribeAsync(type, names.Split(' '));
        Assert.Equal(At(there), (await scene.Client.NextAsync(type)).Content);
        scene.Set(type, names[^1..], "v2");
        Assert.Equal(At(there) + " " + names[^1..] + "=v2", (await scene.Client.NextAsync(type)).Content);
        await scene.QuietAsync(type);
    }

    [Theory]
    [MemberData(nameof(S8Rows))]
    public async Task S8_MissingNameAppears_GetsIt(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(type, "A");
        await scene.Client.SubscribeAsync(type, names.Split(' '));
        Assert.Equal("A=v1", (await scene.Client.NextAsync(type)).Content);
        scene.Set(type, "Z", "v2");
        Assert.Equal("Z=v2", (await scene.Client.NextAsync(type)).Content);
        await scene.QuietAsync(type);
    }

    [Theory]
    [MemberData(nameof(S9Rows))]
    public async Task S9_TwoTypesOnOneStream_UpdateOfTheFirstGetsIt(string variant, string first, string second)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(first, "A B");
        scene.Set(second, "A B");
        await scene.Client.SubscribeAsync(first, "A", "B");
        Assert.Equal("A=v1 B=v1", (await scene.Client.NextAsync(first)).Content);
        await scene.Client.SubscribeAsync(second, "A", "B");
        Assert.Equal("A=v1 B=v1", (await scene.Client.NextAsync(second)).Content);
        scene.Set(first, "A", "v2");
        Assert.Contains("A=v2", (await scene.Client.NextAsync(first)).Content, StringComparison.Ordinal);
        await scene.QuietAsync(second);
    }

    [Theory]
    [MemberData(nameof(U1Rows))]
    public async Task U1_ReducedFullState_GetsTheRestOnly(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await ReduceAsync(scene, type, names);
        scene.Set(type, names[..1], "v2");
        Assert.Equal(names[..1] + "=v2 zz-sync-1=here", (await scene.Client.NextAsync(type)).Content);
        await scene.QuietAsync(type);
    }

    [Theory]
    [MemberData(nameof(U2Rows))]
    public async Task U2_ReducedSubset_GetsTheRestOnly(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await ReduceAsync(scene, type, names);
        scene.Change($"{type}/B=v2", $"{type}/C=v2");
        Assert.Equal("B=v2", (await scene.Client.NextAsync(type)).Content);
        Assert.Equal("zz-sync-2=here", (await scene.QuietAsync(type)).Content);
    }

    [Theory]
    [MemberData(nameof(U3Rows))]
    public async Task U3_UnsubscribedAll_GetsNothing(string variant, string type, string names)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        await StartNamedAsync(scene, type, names, names);
        await scene.Client.UnsubscribeAsync(type, names.Split(' '));
        Assert.Equal("zz-sync-1=here", (await scene.QuietAsync(type)).Content);
        scene.Change($"{type}/A=v2", $"{type}/B=v2");
        DriverResponse next = await scene.QuietAsync(type);
        Assert.DoesNotContain("=v", next.Content, StringComparison.Ordinal);
        scene.Client.ExpectNothingMore();
    }

    internal static TheoryData<string, string, string> Rows(string[] variants, params (string First, string Second)[] rows)
    {
        TheoryData<string, string, string> data = [];
        foreach (string variant in variants)
        {
            foreach ((string first, string second) in rows)
            {
                data.Add(variant, first, second);
            }
        }

        return data;
    }

    internal static string At(string names) =>
        string.Join(' ', names.Split(' ').Order(StringComparer.Ordinal).Select(name => name + "=v1"));

    private static async Task<DriverResponse> StartWildcardAsync(Scene scene, string type, string names)
    {
        scene.Set(type, names);
        await scene.Client.WildcardAsync(type);
        DriverResponse response = await scene.Client.NextAsync(type);
        Assert.Equal(At(names), response.Content);
        return response;
    }

    private static async Task StartNamedAsync(Scene scene, string type, string names, string all)
    {
        scene.Set(type, all);
        await scene.Client.SubscribeAsync(type, names.Split(' '));
        Assert.Equal(At(names), await scene.Client.GatherAsync(type, names.Split(' ').Length));
    }

    private static async Task ReduceAsync(Scene scene, string type, string names)
    {
        await StartNamedAsync(scene, type, names, "A B C D");
        await scene.Client.UnsubscribeAsync(type, names[2..].Split(' '));
        // So that the server has read it before anything changes.
        await scene.QuietAsync(type);
    }
}
