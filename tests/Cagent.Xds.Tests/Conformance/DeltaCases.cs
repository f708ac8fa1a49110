// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Tests.Conformance;

/// <summary>Cases D1 to D6: delta gives single resources and says what is gone.</summary>
public sealed class DeltaCases(ConformanceFixture fixture) : IClassFixture<ConformanceFixture>
{
    private static readonly string[] Types = ["cds", "lds", "rds", "eds"];

    public static TheoryData<string, string> Rows
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string variant in (string[])["IN", "IA"])
            {
                foreach (string type in Types)
                {
                    data.Add(variant, type);
                }
            }

            return data;
        }
    }

    public static TheoryData<string, string, string> D6Rows =>
        SubscriptionCases.Rows(["IA"], ("cds", "lds"), ("rds", "eds"), ("cds", "eds"), ("lds", "rds"));

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task D1_OneThenTheOther_GetsEach(string variant, string type)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(type, "A B");
        await scene.Client.SubscribeAsync(type, "A");
        Assert.Equal("A=v1", (await scene.Client.NextAsync(type)).Content);
        await scene.Client.SubscribeAsync(type, "B");
        Assert.Equal("B=v1", (await scene.Client.NextAsync(type)).Content);
        await scene.QuietAsync(type);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task D2_Update_GetsThatOneAlone(string variant, string type)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(type, "A B C");
        await scene.Client.SubscribeAsync(type, "A", "B", "C");
        Assert.Equal("A=v1 B=v1 C=v1", await scene.Client.GatherAsync(type, 3));
        string nonce = scene.Client.LastNonce(type);
        scene.Set(type, "A", "v2");
        DriverResponse response = await scene.Client.NextAsync(type);
        Assert.Equal("A=v2", response.Content);
        Assert.NotEqual(nonce, response.Nonce);
        Assert.Single(response.Versions);
        await scene.QuietAsync(type);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task D3_Missing_IsToldAndSentWhenItAppears(string variant, string type)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(type, "A");
        await scene.Client.SubscribeAsync(type, "A", "B");
        (string content, string removed) = ("", "");
        while (content.Length == 0 || removed.Length == 0)
        {
            DriverResponse response = await scene.Client.NextAsync(type);
            (content, removed) = (content + response.Content, removed + response.Removed);
        }

        Assert.Equal(("A=v1", "B"), (content, removed));
        scene.Set(type, "B", "v2");
        Assert.Equal("B=v2", (await scene.Client.NextAsync(type)).Content);
        await scene.QuietAsync(type);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task D4_RemovedAndAddedAgain_IsSaidAndSentAlone(string variant, string type)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(type, "A B");
        await scene.Client.SubscribeAsync(type, "A", "B");
        await scene.Client.GatherAsync(type, 2);
        scene.Remove(type, "A");
        DriverResponse response = await scene.Client.NextAsync(type);
        Assert.Equal(("", "A"), (response.Content, response.Removed));
        scene.Set(type, "A", "v2");
        Assert.Equal("A=v2", (await scene.Client.NextAsync(type)).Content);
        await scene.QuietAsync(type);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task D5_Unsubscribed_GetsNothing(string variant, string type)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(type, "A B");
        await scene.Client.SubscribeAsync(type, "A", "B");
        await scene.Client.GatherAsync(type, 2);
        foreach (string name in (string[])["A", "B"])
        {
            await scene.Client.UnsubscribeAsync(type, name);
            Assert.DoesNotContain(name + "=", (await scene.QuietAsync(type)).Content, StringComparison.Ordinal);
            scene.Set(type, name, "v2");
            Assert.DoesNotContain(name + "=", (await scene.QuietAsync(type)).Content, StringComparison.Ordinal);
        }

        scene.Client.ExpectNothingMore();
    }

    [Theory]
    [MemberData(nameof(D6Rows))]
    public async Task D6_TwoTypesOnOneStream_KeepApart(string variant, string first, string second)
    {
        using Scene scene = new(fixture.Host, Variants.Of(variant));
        scene.Set(first, "A B");
        scene.Set(second, "A B");
        foreach (string name in (string[])["A", "B"])
        {
            foreach (string type in (string[])[first, second])
            {
                await scene.Client.SubscribeAsync(type, name);
                Assert.Equal(name + "=v1", (await scene.Client.NextAsync(type)).Content);
            }
        }

        foreach (string type in (string[])[first, second])
        {
            scene.Set(type, "A", "v2");
            Assert.Equal("A=v2", (await scene.Client.NextAsync(type)).Content);
            // A changed cluster gets its endpoints again (M1).
            if (type == "cds" && second == "eds")
            {
                Assert.Equal("A=v1", (await scene.Client.NextAsync("eds")).Content);
            }
        }

        await scene.QuietAsync(first);
    }
}
