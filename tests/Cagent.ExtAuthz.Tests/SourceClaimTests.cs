// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Compiler.Lowering;

namespace Cagent.ExtAuthz.Tests;

/// <summary>What Envoy says of a connection; behind the last <c>@</c> stand the agent's own words.</summary>
public sealed class SourceClaimTests
{
    [Theory]
    [InlineData("token@10.0.0.1", null, "10.0.0.1", null)]
    [InlineData("token@2001:db8::1", null, "2001:db8::1", null)]
    [InlineData("token@batch@10.0.0.1", "batch", "10.0.0.1", null)]
    [InlineData("token@box@local", "box", null, null)]
    [InlineData("spiffe@@10.0.0.1@spiffe://example.org/a", null, "10.0.0.1", "spiffe://example.org/a")]
    [InlineData("spiffe@box@local@spiffe://example.org/a/b", "box", null, "spiffe://example.org/a/b")]
    public void Parse_WhatEnvoySays_IsRead(string source, string? listener, string? address, string? id) =>
        Assert.Equal(new SourceClaim(listener, address is null ? null : IPAddress.Parse(address), id), SourceClaim.Parse(source));

    [Theory]
    [InlineData("")]
    [InlineData("batch")]
    [InlineData("token@")]
    [InlineData("token@x")]
    [InlineData("token@box@elsewhere")]
    [InlineData("spiffe@box@elsewhere@spiffe://example.org/a")]
    [InlineData("unknown@10.0.0.1")]
    [InlineData("other@10.0.0.1")]
    [InlineData("spiffe@")]
    [InlineData("spiffe@@10.0.0.1@")]
    [InlineData("spiffe@@10.0.0.1@-")]
    [InlineData("spiffe@@10.0.0.1@spiffe://example.org/a,spiffe://example.org/b")]
    [InlineData("spiffe@@10.0.0.1@spiffe://example.org/a@b")]
    [InlineData("spiffe@@10.0.0.1@https://example.org/a")]
    public void Parse_AnythingElse_IsNobody(string source) => Assert.Null(SourceClaim.Parse(source));

    [Theory]
    [InlineData("spiffe://example.org/a", true)]
    [InlineData("spiffe://example.org/a/B-1_c.d", true)]
    [InlineData("spiffe://example.org", false)]
    [InlineData("spiffe://example.org/", false)]
    [InlineData("spiffe:///a", false)]
    [InlineData("SPIFFE://example.org/a", false)]
    [InlineData("spiffe://Example.org/a", false)]
    [InlineData("spiffe://example.org:443/a", false)]
    [InlineData("spiffe://user@example.org/a", false)]
    [InlineData("spiffe://example.org/a/", false)]
    [InlineData("spiffe://example.org//a", false)]
    [InlineData("spiffe://example.org/../a", false)]
    [InlineData("spiffe://example.org/a/.", false)]
    [InlineData("spiffe://example.org/%61", false)]
    [InlineData("spiffe://example.org/a?b", false)]
    [InlineData("spiffe://example.org/a#b", false)]
    [InlineData("spiffe://example.org/*", false)]
    [InlineData("spiffe://example.org/a b", false)]
    [InlineData("spiffe://example.org/\u00e4", false)]
    public void IsValid_Text_ByTheLetter(string id, bool isValid) => Assert.Equal(isValid, SpiffeId.IsValid(id));

    [Fact]
    public void IsValid_TooLong_IsNone()
    {
        Assert.True(SpiffeId.IsValid("spiffe://example.org/" + new string('a', 2048 - 21)));
        Assert.False(SpiffeId.IsValid("spiffe://example.org/" + new string('a', 2048 - 20)));
    }

    [Theory]
    [InlineData("spiffe://example.org/a", "spiffe://example.org/a", true)]
    [InlineData("spiffe://example.org/a", "spiffe://example.org/ab", false)]
    [InlineData("spiffe://example.org/a/*", "spiffe://example.org/a/b", true)]
    [InlineData("spiffe://example.org/a/*", "spiffe://example.org/a", false)]
    [InlineData("spiffe://example.org/a/*", "spiffe://example.org/a/b/c", false)]
    [InlineData("spiffe://example.org/a/*", "spiffe://example.org/ab/c", false)]
    public void Matches_Pattern_OneMoreSegmentForTheStar(string pattern, string id, bool matches) => Assert.Equal(matches, SpiffeId.Matches(pattern, id));
}
