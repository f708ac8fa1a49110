// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Generation;

namespace Cagent.Domains.Tests;

/// <summary>The view without allocations and the record read every text alike: two readings would be two canonical forms.</summary>
public sealed class AuthorityViewTests
{
    private static readonly string[] Tokens =
        ["a", "B", "example", ".", ".", ":", "443", "80", "0", "65535", "65536", "-", "_", "[", "]", "::1", "192.0.2.1", "0x7f", "@", "%", "é", " ", "xn--bcher-kva"];

    [Fact]
    public void TryParse_AnyText_IsAsHostPort() => PropertyTest.Holds(PropertyTest.Tokens(8, Tokens), text =>
    {
        foreach (Port? port in new Port?[] { null, Port.Https })
        {
            bool isParsed = HostPort.TryParse(text, port, out HostPort? expected, out string? problem);
            Assert.Equal(isParsed, AuthorityView.TryParse(text, port, out AuthorityView actual, out string? actualProblem));
            Assert.Equal(problem, actualProblem);
            Assert.Equal(expected?.Host.Value ?? "", actual.Host.ToString());
            Assert.Equal(expected?.Port ?? default, actual.Port);
            Assert.Equal(expected?.Host.IsAddress ?? false, actual.IsAddress);
        }
    });

    [Theory]
    [InlineData("api.example.com")]
    [InlineData("api.example.com.:8443")]
    public void TryParse_CanonicalSpelling_AllocatesNothing(string text)
    {
        Assert.True(AuthorityView.TryParse(text, Port.Https, out _, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            AuthorityView.TryParse(text, Port.Https, out _, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Equals_HostAndPort_BothCount()
    {
        Assert.True(AuthorityView.TryParse("A.test", Port.Https, out AuthorityView left, out _) & AuthorityView.TryParse("a.test.:443", null, out AuthorityView right, out _));
        Assert.True(left.Equals(right));
        Assert.False(left.Equals(right.On(Port.Http)));
    }
}
