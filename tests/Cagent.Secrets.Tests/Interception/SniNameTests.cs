// SPDX-License-Identifier: Apache-2.0
using Cagent.Secrets.Interception;
using FsCheck;
using FsCheck.Fluent;
using HostName = Cagent.Domains.HostName;

namespace Cagent.Secrets.Tests.Interception;

public sealed class SniNameTests
{
    [Theory]
    [InlineData("api.good.test")]
    [InlineData("xn--bcher-kva.example")]
    [InlineData("a")]
    public void TryParse_CanonicalName_IsTaken(string sni)
    {
        Assert.True(SniName.TryParse(sni, out HostName? name, out _));
        Assert.Equal(sni, name.Value);
    }

    [Theory]
    [InlineData(null, LeafRefusal.NoName)]
    [InlineData("", LeafRefusal.NoName)]
    [InlineData("no-sni", LeafRefusal.NoName)]
    [InlineData("API.good.test", LeafRefusal.NotCanonical)]
    [InlineData("api.good.test.", LeafRefusal.NotCanonical)]
    [InlineData("api.good.test..", LeafRefusal.NotCanonical)]
    [InlineData(".api.good.test", LeafRefusal.NotCanonical)]
    [InlineData("*.good.test", LeafRefusal.NotCanonical)]
    [InlineData("leaf@good.test", LeafRefusal.NotCanonical)]
    [InlineData("api.good.test:443", LeafRefusal.NotCanonical)]
    [InlineData("api.good.test\0.evil.test", LeafRefusal.NotCanonical)]
    [InlineData("api.good.test ", LeafRefusal.NotCanonical)]
    [InlineData("api_.good.test", LeafRefusal.NotCanonical)]
    [InlineData("b\u00fccher.example", LeafRefusal.NotCanonical)]
    [InlineData("api\u3002good.test", LeafRefusal.NotCanonical)]
    [InlineData("192.0.2.1", LeafRefusal.Address)]
    [InlineData("2001:db8::1", LeafRefusal.Address)]
    [InlineData("3221225985", LeafRefusal.NotCanonical)]
    [InlineData("0x7f.1", LeafRefusal.NotCanonical)]
    public void TryParse_AnythingElse_IsRefusedWithTheReason(string? sni, LeafRefusal expected)
    {
        Assert.False(SniName.TryParse(sni, out _, out LeafRefusal refusal));
        Assert.Equal(expected, refusal);
    }

    [Fact]
    public void TryParse_AnyText_AcceptsOnlyItsOwnCanonicalSpelling()
    {
        const string Alphabet = "aAzZ09-._@*:\0 \u00e9\u3002";
        Gen<string> text = Gen.ArrayOf(Gen.Elements(Alphabet.ToCharArray())).Select(characters => new string(characters));
        Prop.ForAll(text.ToArbitrary(), sni =>
            !SniName.TryParse(sni, out HostName? name, out _)
            || (name.Value == sni && !name.IsAddress && sni.Length <= 253 && sni.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '.')))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }
}
