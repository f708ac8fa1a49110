// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains.Tests;

public sealed class MethodSetTests
{
    [Theory]
    [InlineData("GET", "GET")]
    [InlineData("POST,GET", "GET,POST")]
    [InlineData("*", "*")]
    [InlineData("GET,HEAD,OPTIONS", "GET,HEAD,OPTIONS")]
    public void TryParse_Methods_AreCanonical(string text, string canonical) => Assert.Equal(canonical, Cases.Methods(text).ToString());

    [Theory]
    [InlineData("", "no method")]
    [InlineData(null, "no method")]
    [InlineData("get", "upper case: GET")]
    [InlineData("GET,", "missing")]
    [InlineData("GET,GET", "twice")]
    [InlineData("GET,*", "alone")]
    [InlineData("CONNECT", "never")]
    [InlineData("trace", "never")]
    [InlineData("TRACK", "never")]
    [InlineData("GET, HEAD", "none of")]
    [InlineData("BREW", "none of")]
    public void TryParse_NoMethods_IsRefused(string? text, string problem)
    {
        Assert.False(MethodSet.TryParse(text, out MethodSet methods, out string? actual));
        Assert.Contains(problem, actual, StringComparison.Ordinal);
        Assert.False(methods.Contains("GET"));
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("TRACE")]
    [InlineData("TRACK")]
    [InlineData("get")]
    [InlineData("GET ")]
    [InlineData("")]
    public void Contains_MethodOutsideTheList_IsNotEvenInAny(string method) => Assert.False(MethodSet.Any.Contains(method));

    [Fact]
    public void Covers_Sets_IsInclusion()
    {
        Assert.True(MethodSet.Any.Covers(MethodSet.ReadOnly));
        Assert.False(MethodSet.ReadOnly.Covers(MethodSet.Any));
        Assert.True(MethodSet.ReadOnly.Covers(Cases.Methods("HEAD")));
        Assert.All(MethodSet.Any.Methods, method => Assert.True(MethodSet.Any.Contains(method)));
    }
}
