// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Attack.Client;

namespace Cagent.Attack.Tests.Client;

/// <summary>Nothing that authenticates anybody is shown, and the canary credential is found in each form.</summary>
public sealed class SecretsTests
{
    private const string Value = "sk-canary-0123456789+/=";

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nauthorization: Bearer sk-canary-0123456789+/=\r\n")]
    [InlineData("Proxy-Authorization:Basic sk-canary-0123456789+/=\r\n\r\n")]
    [InlineData("cookie:\tsession=sk-canary-0123456789+/=")]
    [InlineData("{\"headers\":{\"authorization\":[\"Bearer sk-canary-0123456789+/=\"],\"x-a\":\"1\"}}")]
    [InlineData("{\"X-Api-Key\": \"sk-canary-0123456789+/=\"}")]
    public void Evidence_OfCredentials_IsRedacted(string text)
    {
        string shown = EvidenceText.Of(Encoding.Latin1.GetBytes(text));

        Assert.DoesNotContain("sk-canary", shown, StringComparison.Ordinal);
        Assert.Contains("[redacted]", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-canary", EvidenceText.Of(text, 40), StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_OfBytes_IsOnePrintableLine() =>
        Assert.Equal("a\\r\\n\\x00\\xe9...", EvidenceText.Of([(byte)'a', 13, 10, 0, 0xe9, (byte)'b', (byte)'c'], 13));

    [Fact]
    public void Received_EachFormSplitAnywhere_IsFound()
    {
        string[] forms =
        [
            Value, Uri.EscapeDataString(Value), string.Concat(Value.Reverse()),
            Convert.ToBase64String(Encoding.ASCII.GetBytes(Value)), Convert.ToBase64String(Encoding.ASCII.GetBytes("ab" + Value + "c")), Convert.ToBase64String(Encoding.ASCII.GetBytes("a:" + Value)), Convert.ToBase64String(Encoding.ASCII.GetBytes("u:p" + Value)),
        ];
        foreach (byte[] bytes in forms.Select(form => Encoding.ASCII.GetBytes($"before {form} behind")))
        {
            for (int cut = 0; cut < bytes.Length; cut++)
            {
                ReceivedBytes received = new(Value);
                received.Add(bytes.AsSpan(0, cut));
                received.Add(bytes.AsSpan(cut));
                Assert.True(received.Hits > 0, $"cut at {cut}: {Encoding.ASCII.GetString(bytes)}");
            }

            Assert.True(new ReceivedBytes(Value).IsIn(bytes));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    public void Received_WithoutASecretOfLength_SearchesNothing(string? secret)
    {
        ReceivedBytes received = new(secret);
        received.Add("short and everything else"u8);

        Assert.Equal((false, 0), (received.HasSecret, received.Hits));
    }

    [Theory]
    [InlineData("http://ci:token-of-ci@proxy.test:3128", "proxy.test", 3128, "ci", "Basic Y2k6dG9rZW4tb2YtY2k=")]
    [InlineData("http://:t%40b@[::1]:8080/", "::1", 8080, null, "Basic OnRAYg==")]
    [InlineData("127.0.0.1:3128", "127.0.0.1", 3128, null, null)]
    public void Proxy_Url_IsRead(string text, string host, int port, string? name, string? authorization)
    {
        Assert.True(ProxyAddress.TryParse(text, out ProxyAddress? address, out _));

        Assert.Equal((host, port, name, authorization), (address.Host, address.Port, address.Name, address.Authorization));
        Assert.DoesNotContain("token", address.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://ci:token-of-ci@proxy.test:3128")]
    [InlineData("socks5://ci:token-of-ci@proxy.test")]
    [InlineData("http://ci:token-of-ci@")]
    [InlineData("")]
    public void Proxy_Otherwise_IsRefusedWithoutRepeatingIt(string text)
    {
        Assert.False(ProxyAddress.TryParse(text, out _, out string? problem));
        Assert.DoesNotContain("token", problem, StringComparison.Ordinal);
    }
}
