// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using Cagent.TestKit.Dns;

namespace Cagent.TestKit.Tests.Dns;

internal sealed record DnsReply(DnsCode Code, bool IsTruncated, IReadOnlyList<IPAddress> Addresses, IReadOnlyList<uint> Ttls)
{
    public static DnsReply Parse(ReadOnlySpan<byte> message, ReadOnlySpan<byte> query)
    {
        Assert.Equal(query[..2].ToArray(), message[..2].ToArray());
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        Assert.True((flags & 0x8000) != 0);
        int question = query[12..].IndexOf((byte)0) + 5;
        Assert.Equal(query.Slice(12, question).ToArray(), message.Slice(12, question).ToArray());
        ReadOnlySpan<byte> rest = message[(12 + question)..];
        List<IPAddress> addresses = [];
        List<uint> ttls = [];
        for (int count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); count > 0; count--)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[10..]);
            ttls.Add(BinaryPrimitives.ReadUInt32BigEndian(rest[6..]));
            addresses.Add(new IPAddress(rest.Slice(12, length)));
            rest = rest[(12 + length)..];
        }

        Assert.True(rest.IsEmpty);
        return new DnsReply((DnsCode)(flags & 15), (flags & 0x0200) != 0, addresses, ttls);
    }
}
