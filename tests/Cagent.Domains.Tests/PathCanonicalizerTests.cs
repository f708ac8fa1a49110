// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains.Tests;

/// <summary><c>envoy-paths.tsv</c> is recorded from Envoy 1.40: what was sent, and what a filter saw ("!" where Envoy answered 400).</summary>
public sealed class PathCanonicalizerTests
{
    [Fact]
    public void TryCanonicalize_RecordedPaths_AreWhatEnvoyMakesOfThem()
    {
        string[] lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "envoy-paths.tsv"));
        Assert.True(lines.Length > 1000);
        Assert.All(lines, line =>
        {
            string[] fields = line.Split('\t');
            string seen = PathCanonicalizer.TryCanonicalize(fields[0], out string? canonical) ? canonical : "!";
            Assert.Equal(fields[1], seen);
        });
    }

    [Theory]
    [InlineData("/a/..;x=1/b", "/b")]
    [InlineData("/a\\..\\b", "/b")]
    [InlineData("/../../etc", "/etc")]
    [InlineData("/a?x=/../y//%2e", "/a?x=/../y//%2e")]
    [InlineData("/@scope%2fname", "/@scope%2fname")]
    [InlineData("/a//b", "/a//b")]
    public void TryCanonicalize_Path_IsResolved(string sent, string seen)
    {
        Assert.True(PathCanonicalizer.TryCanonicalize(sent, out string? canonical));
        Assert.Equal(seen, canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("a")]
    [InlineData("/a b")]
    [InlineData("/a#b")]
    [InlineData("/a%00b")]
    [InlineData("/\u00e9")]
    public void TryCanonicalize_WhatEnvoyRefuses_IsRefused(string sent) => Assert.False(PathCanonicalizer.TryCanonicalize(sent, out _));
}
