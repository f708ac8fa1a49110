// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Tests.Conformance;

/// <summary>Cases W1 to W14: section 3 of the protocol notes, over the wire, for every variant that has the row.</summary>
public sealed class WildcardCases(ConformanceFixture fixture) : IClassFixture<ConformanceFixture>
{
    public static TheoryData<string> All => [.. Variants.All];

    public static TheoryData<string> Sotw => ["SN", "SA"];

    public static TheoryData<string> Delta => ["IN", "IA"];

    [Theory]
    [MemberData(nameof(All))]
    public async Task W1_NoNames_IsLegacyWildcard(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.WildcardAsync("cds");
        Assert.Equal("A=v1 B=v1", (await scene.Client.NextAsync("cds")).Content);
        Assert.Contains("zz-sync-1", (await scene.QuietAsync("cds", isWildcard: true)).Content, StringComparison.Ordinal);
        await scene.QuietAsync("cds", isWildcard: true);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task W2_FirstNames_AreAllThereIs(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.SubscribeAsync("cds", "A");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("cds")).Content);
        Assert.DoesNotContain("B=", (await scene.QuietAsync("cds")).Content, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Sotw))]
    public async Task W3_NameAfterLegacyWildcard_EndsIt(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.WildcardAsync("cds");
        await scene.Client.NextAsync("cds");
        await scene.Client.SubscribeAsync("cds", "A");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("cds")).Content);
        scene.Set("cds", "B", "v2");
        Assert.Equal("A=v1 zz-sync-1=here", (await scene.QuietAsync("cds")).Content);
    }

    [Theory]
    [MemberData(nameof(Delta))]
    public async Task W3_NameAfterLegacyWildcard_KeepsBoth(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.WildcardAsync("cds");
        await scene.Client.NextAsync("cds");
        await scene.Client.SubscribeAsync("cds", "A");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("cds")).Content);
        scene.Set("cds", "B", "v2");
        Assert.Equal("B=v2", (await scene.Client.NextAsync("cds")).Content);
    }

    [Theory]
    [MemberData(nameof(Sotw))]
    public async Task W4_EmptyListAfterNames_IsNothing(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.SubscribeAsync("cds", "A");
        await scene.Client.NextAsync("cds");
        await scene.Client.UnsubscribeAsync("cds", "A");
        Assert.Equal("zz-sync-1=here", (await scene.QuietAsync("cds")).Content);
        scene.Change("cds/A=v2", "cds/B=v2");
        Assert.Equal("zz-sync-1=here zz-sync-2=here", (await scene.QuietAsync("cds")).Content);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task W5_Star_IsExplicitWildcard(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.SubscribeAsync("cds", "*");
        Assert.Equal("A=v1 B=v1", (await scene.Client.NextAsync("cds")).Content);
        await scene.QuietAsync("cds", isWildcard: true);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task W6_StarLeft_KeepsTheName(string variant)
    {
        using Scene scene = Start(variant);
        scene.Set("cds", "C");
        await scene.Client.SubscribeAsync("cds", "*", "A");
        Assert.Equal("A=v1 B=v1 C=v1", (await scene.Client.NextAsync("cds")).Content);
        await scene.Client.UnsubscribeAsync("cds", "*");
        // Its answer tells that the server has read both.
        await scene.Client.SubscribeAsync("cds", "C");
        Assert.DoesNotContain("B=", (await scene.Client.NextAsync("cds")).Content, StringComparison.Ordinal);
        scene.Set("cds", "B", "v2");
        Assert.DoesNotContain("B=", (await scene.QuietAsync("cds")).Content, StringComparison.Ordinal);
        scene.Set("cds", "A", "v2");
        Assert.Contains("A=v2", (await scene.Client.NextAsync("cds")).Content, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task W7_NameLeftBesideTheWildcard_KeepsTheWildcard(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.SubscribeAsync("cds", "*", "A");
        await scene.Client.NextAsync("cds");
        await scene.Client.UnsubscribeAsync("cds", "A");
        if (scene.Client.Variant.IsDelta)
        {
            Assert.Equal("A=v1", (await scene.Client.NextAsync("cds")).Content);
        }

        scene.Set("cds", "A", "v2");
        Assert.Contains("A=v2", (await scene.Client.NextAsync("cds")).Content, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Delta))]
    public async Task W7_NameThatTheWildcardLacks_IsAnsweredAsRemoved(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.SubscribeAsync("cds", "*", "X");
        DriverResponse response = await scene.Client.NextAsync("cds");
        Assert.Equal(("A=v1 B=v1", "X"), (response.Content, response.Removed));
        await scene.Client.UnsubscribeAsync("cds", "X");
        Assert.Equal("X", (await scene.Client.NextAsync("cds")).Removed);
    }

    [Theory]
    [MemberData(nameof(Delta))]
    public async Task W8W9_UnsubscribeOfTheUnknown_KeepsTheLegacyWildcard(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.WildcardAsync("cds");
        await scene.Client.NextAsync("cds");
        await scene.Client.UnsubscribeAsync("cds", "A", "unknown");
        Assert.Equal("zz-sync-1=here", (await scene.QuietAsync("cds", isWildcard: true)).Content);
    }

    [Theory]
    [MemberData(nameof(Delta))]
    public async Task W10_StarLeftInLegacyWildcard_EndsIt(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.WildcardAsync("cds");
        await scene.Client.NextAsync("cds");
        await scene.Client.UnsubscribeAsync("cds", "*");
        await scene.Client.SubscribeAsync("cds", "B");
        Assert.Equal("B=v1", (await scene.Client.NextAsync("cds")).Content);
        scene.Set("cds", "A", "v2");
        Assert.Equal("zz-sync-1=here", (await scene.QuietAsync("cds")).Content);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task W11_KnownNameAskedAgain_IsSentAgain(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.SubscribeAsync("cds", "A");
        await scene.Client.NextAsync("cds");
        await scene.Client.SendAsync("cds", new DriverRequest("") { Subscribe = ["A"] });
        Assert.Equal("A=v1", (await scene.Client.NextAsync("cds")).Content);
        await scene.QuietAsync("cds");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task W12_UnsubscribedAndSubscribedAgain_IsSentAgain(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.SubscribeAsync("eds", "A", "B");
        await scene.Client.GatherAsync("eds", 2);
        await scene.Client.UnsubscribeAsync("eds", "A");
        await scene.Client.SubscribeAsync("eds", "A");
        Assert.Equal("A=v1", (await scene.Client.NextAsync("eds")).Content);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task W13_OneEmptyName_IsNoName(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.SubscribeAsync("cds", "");
        Assert.Equal("A=v1 B=v1", (await scene.Client.NextAsync("cds")).Content);
        await scene.QuietAsync("cds", isWildcard: true);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task W14_MissingName_ComesWhenItAppears(string variant)
    {
        using Scene scene = Start(variant);
        await scene.Client.SubscribeAsync("eds", "X");
        if (scene.Client.Variant.IsDelta)
        {
            DriverResponse response = await scene.Client.NextAsync("eds");
            Assert.Equal(("", "X"), (response.Content, response.Removed));
        }

        await scene.QuietAsync("eds");
        scene.Set("eds", "X");
        Assert.Equal("X=v1", (await scene.Client.NextAsync("eds")).Content);
    }

    private Scene Start(string variant)
    {
        Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Change("cds/A=v1", "cds/B=v1", "eds/A=v1", "eds/B=v1");
        return scene;
    }
}
