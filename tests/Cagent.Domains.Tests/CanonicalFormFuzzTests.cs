// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Cagent.Domains.Tests;

/// <summary>
/// No path, host or authority makes a parser throw, take memory out of proportion, or have a canonical form that is not its own.
/// Seeds are fixed. 50,000 inputs each; CAGENT_PROPERTY_FACTOR=20 makes it a million.
/// </summary>
public sealed class CanonicalFormFuzzTests
{
    private static readonly int Inputs = 50_000
        * (int.TryParse(Environment.GetEnvironmentVariable("CAGENT_PROPERTY_FACTOR"), NumberStyles.None, CultureInfo.InvariantCulture, out int factor) ? factor : 1);

    private static readonly string[] PathTokens =
    [
        "/", "/", "/", ".", "..", "a", "b", "%2e", "%2E", "%2f", "%5c", "%25", "%00", "%7f", "%", "%z", "%41", "%c0%af", "%e0%80%ae", "\\", ";", ";x=1", "?", "#", " ", "\t", "é", "\ud800", "{", "|", "\"", "*", "**", "~", "+", "@", "//", "/./", "/../", "..;",
    ];

    private static readonly string[] HostTokens =
    [
        "a", "B", "example", ".", ".", ".com", "-", "_", "*", "*.", "**.", "xn--", "xn--bcher-kva", "ü", "б", "ß", "\u200d", ":", ":443", ":0", ":99999", "[", "]", "::1", "[::1]", "127.0.0.1", "0x7f", "2130706433", "1", "%", "@", "/", " ", "\0", "\ud800", "github.io", "co.uk",
    ];

    [Fact]
    public void TryCanonicalize_AnyPath_IsIdempotentAndBounded()
    {
        Random random = new(20261123);
        long before = GC.GetAllocatedBytesForCurrentThread();
        long length = 0;
        int accepted = 0;
        for (int i = 0; i < Inputs; i++)
        {
            string path = Text(random, PathTokens, 24);
            length += path.Length;
            if (PathCanonicalizer.TryCanonicalize(path, out string? canonical))
            {
                Assert.True(canonical.Length <= 3 * path.Length, path);
                if (RequestPath.TryParse(canonical, out RequestPath parsed, out _))
                {
                    // What is not denied. Of the rest Envoy makes two forms in turn: "%2e;" becomes ".;", which it would then drop.
                    accepted++;
                    Assert.True(PathCanonicalizer.TryCanonicalize(canonical, out string? again) && again == canonical, path);
                    Assert.True(RequestPath.TryParse(parsed.ToString(), out RequestPath same, out _) && same.ToString() == parsed.ToString(), path);
                }
            }
        }

        Assert.InRange(accepted, Inputs / 50, Inputs);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * length + 1000L * Inputs);
    }

    [Fact]
    public void TryParse_AnyHost_HasOneCanonicalForm()
    {
        Random random = new(42);
        for (int i = 0; i < Inputs; i++)
        {
            string text = Text(random, HostTokens, 8);
            if (HostName.TryParsePolicyText(text, out HostName? host, out _))
            {
                Assert.True(HostName.TryParse(host.Value, out HostName? same, out _) && same.Value == host.Value, text);
            }

            if (HostPattern.TryParse(text, out HostPattern? pattern, out _))
            {
                Assert.True(HostPattern.TryParse(pattern.Text, out HostPattern? same, out _) && same.Text == pattern.Text, text);
            }

            if (HostPort.TryParse(text, Port.Https, out HostPort? authority, out _))
            {
                Assert.True(HostPort.TryParse(authority.ToString(), null, out HostPort? same, out _) && same.ToString() == authority.ToString(), text);
                Assert.True(AuthorityView.TryParse(text, Port.Https, out AuthorityView view, out _) && view.Host.SequenceEqual(authority.Host.Value) && view.Port == authority.Port, text);
            }
        }
    }

    [Fact]
    public void TryParse_AnyRule_HasOneCanonicalForm()
    {
        Random random = new(7);
        for (int i = 0; i < Inputs; i++)
        {
            string text = Text(random, PathTokens, 10);
            if (PathPattern.TryParse(text, out PathPattern? pattern, out _))
            {
                Assert.True(PathPattern.TryParse(pattern.Text, out PathPattern? same, out _) && same == pattern, text);
                Assert.True(pattern.Covers(pattern), text);
            }
        }
    }

    [Theory]
    [InlineData("/..")]
    [InlineData("/.")]
    [InlineData("%2e%2e/")]
    [InlineData("/a/..;x")]
    [InlineData("a.")]
    public void TryParse_AMillionTimesOneUnit_Ends(string unit)
    {
        string text = "/" + string.Concat(Enumerable.Repeat(unit, 1_000_000));
        PathCanonicalizer.TryCanonicalize(text, out _);
        Assert.False(HostName.TryParsePolicyText(text, out _, out _));
        Assert.False(HostPattern.TryParse(text[1..], out _, out _));
    }

    private static string Text(Random random, string[] tokens, int most)
    {
        StringBuilder text = new(random.Next(8) == 0 ? "" : ReferenceEquals(tokens, PathTokens) ? "/" : "");
        for (int count = random.Next(1, most); count > 0; count--)
        {
            text.Append(random.Next(40) == 0 ? ((char)random.Next(0x10000)).ToString() : tokens[random.Next(tokens.Length)]);
        }

        return text.ToString();
    }
}
