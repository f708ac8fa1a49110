// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Dns;
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.TestKit.Tests.Dns;

public sealed class DnsQueryParserTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(5000);

    [Fact]
    public void TryParse_AnyBytes_NeverThrowsAndBoundsTheName() =>
        Prop.ForAll<byte[]>(bytes => Check(bytes)).Check(Many);

    [Fact]
    public void TryParse_DamagedQuery_NeverThrows()
    {
        byte[] query = DnsClient.Query("a.bc.example.com", DnsType.Aaaa, udpSize: 1232);
        Prop.ForAll<PositiveInt, byte>((position, value) =>
        {
            byte[] damaged = [.. query];
            damaged[position.Get % damaged.Length] = value;
            return Check(damaged);
        }).Check(Many);
    }

    [Fact]
    public void TryParse_CutQuery_IsRefusedUpToTheQuestion()
    {
        byte[] query = DnsClient.Query("a.bc.example.com", DnsType.A);
        for (int length = 0; length < query.Length; length++)
        {
            Assert.False(DnsQueryParser.TryParse(query.AsSpan(0, length), out _), $"{length} bytes");
        }

        Assert.True(DnsQueryParser.TryParse(query, out DnsQuery? parsed));
        Assert.Equal("a.bc.example.com", parsed.Name);
    }

    [Fact]
    public void TryParse_CompressedOrLongName_IsRefused()
    {
        byte[] pointer = [.. DnsClient.Query("a", DnsType.A).AsSpan(0, 12), 0xC0, 0x0C, 0, 1, 0, 1];
        byte[] tooLong = DnsClient.Query(string.Join('.', Enumerable.Repeat(new string('a', 63), 4)), DnsType.A);

        Assert.False(DnsQueryParser.TryParse(pointer, out _));
        Assert.False(DnsQueryParser.TryParse(tooLong, out _));
    }

    [Fact]
    public void TryParse_OddBytesInName_AreEscaped()
    {
        Assert.True(DnsQueryParser.TryParse(DnsClient.Query("a\0b c\\d.example", DnsType.A), out DnsQuery? query));
        Assert.Equal("a\\000b\\032c\\092d.example", query.Name);
    }

    private static bool Check(byte[] bytes) =>
        !DnsQueryParser.TryParse(bytes, out DnsQuery? query)
        || (query.Question.Length <= bytes.Length && query.Question.Length <= 255 + 4 && query.UdpSize is >= 512 and <= 4096
            && DnsResponseWriter.Write(query, DnsAnswer.Of(System.Net.IPAddress.Loopback), query.UdpSize).Length <= query.UdpSize);
}
