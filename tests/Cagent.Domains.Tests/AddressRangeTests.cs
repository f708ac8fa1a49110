// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Numerics;
using Cagent.TestKit.Generation;
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.Domains.Tests;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.20.0.0/16")]
    [InlineData("0.0.0.0/0")]
    [InlineData("192.0.2.1/32")]
    [InlineData("fc00::/7")]
    [InlineData("::/0")]
    [InlineData("2001:db8::1/128")]
    public void TryParse_Range_RoundTrips(string text) => Assert.Equal(text, Cases.Range(text).ToString());

    [Theory]
    [InlineData("10.20.1.0/16", "write 10.20.0.0/16")]
    [InlineData("fd00::1/8", "write fd00::/8")]
    [InlineData("10.20.0.1", "write 10.20.0.1/32")]
    [InlineData("::1", "write ::1/128")]
    [InlineData("10.0.0.0/33", "0 to 32")]
    [InlineData("10.0.0.0/08", "0 to 32")]
    [InlineData("10.0.0.0/00", "0 to 32")]
    [InlineData("10.0.0.0/", "0 to 32")]
    [InlineData("10.0.0.0/-1", "0 to 32")]
    [InlineData("10.0.0.0/8/8", "0 to 32")]
    [InlineData("10.0.0.0/255.0.0.0", "0 to 32")]
    [InlineData("10.0/16", "unusual spelling")]
    [InlineData("010.0.0.0/8", "unusual spelling")]
    [InlineData("::ffff:10.0.0.0/104", "embeds")]
    [InlineData("", "no address block")]
    [InlineData(null, "no address block")]
    [InlineData("example.com/8", "unusual spelling")]
    public void TryParse_NoRange_IsRefused(string? text, string problem)
    {
        Assert.False(AddressRange.TryParse(text, out _, out string? actual));
        Assert.Contains(problem, actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Contains_AnyAddress_EqualsABitCompare()
    {
        Gen<byte[]> bytes = from size in Gen.Elements(4, 16)
                            from all in Gen.ArrayOf(Gen.Elements<byte>(0, 1, 127, 128, 254, 255), size)
                            select all;
        var cases = from first in bytes from second in bytes from length in Gen.Choose(0, 128) select (first, second, length);
        PropertyTest.Holds(cases, one =>
        {
            int bits = one.first.Length * 8;
            int length = Math.Min(one.length, bits);
            BigInteger mask = (BigInteger.One << bits) - (BigInteger.One << (bits - length));
            BigInteger network = new BigInteger(one.first, isUnsigned: true, isBigEndian: true) & mask;
            IPAddress address = new(one.second);
            byte[] raw = network.ToByteArray(isUnsigned: true, isBigEndian: true);
            IPAddress prefix = new([.. new byte[one.first.Length - raw.Length], .. raw]);
            bool isExpected = one.second.Length == one.first.Length
                && (new BigInteger(one.second, isUnsigned: true, isBigEndian: true) & mask) == network;
            return !AddressRange.TryParse($"{prefix}/{length}", out AddressRange? range, out _) || range.Contains(address) == isExpected;
        });
    }

    [Fact]
    public void Contains_OtherFamily_IsFalse() =>
        Assert.False(Cases.Range("0.0.0.0/0").Contains(IPAddress.Parse("::ffff:10.0.0.1")));

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.0.0/16", true)]
    [InlineData("10.1.0.0/16", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0/8", false)]
    [InlineData("0.0.0.0/0", "::/0", false)]
    public void Overlaps_Ranges_IsSymmetric(string left, string right, bool overlaps)
    {
        Assert.Equal(overlaps, Cases.Range(left).Overlaps(Cases.Range(right)));
        Assert.Equal(overlaps, Cases.Range(right).Overlaps(Cases.Range(left)));
    }
}
