// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Cagent.TestKit.Dns;

/// <summary>Writes responses (RFC 1035, section 4).</summary>
internal static class DnsResponseWriter
{
    private const ushort Response = 0x8000;
    private const ushort Authoritative = 0x0400;
    private const ushort Truncated = 0x0200;
    private const ushort RecursionDesired = 0x0100;
    private const ushort RecursionAvailable = 0x0080;
    private const ushort NameOfQuestion = 0xC00C;
    private const ushort Internet = 1;
    private const int RecordHead = 12;

    /// <summary>The whole message; over <paramref name="maxSize"/> bytes it has no records and the truncation bit, so that the client asks by TCP.</summary>
    public static byte[] Write(DnsQuery query, DnsAnswer answer, int maxSize)
    {
        IPAddress[] addresses = [.. answer.Addresses.Where(a => Matches(a, query.Type))];
        int length = DnsQueryParser.HeaderLength + query.Question.Length + addresses.Sum(a => RecordHead + AddressLength(a));
        bool isTruncated = length > maxSize;
        if (isTruncated)
        {
            addresses = [];
            length = DnsQueryParser.HeaderLength + query.Question.Length;
        }

        byte[] message = new byte[length];
        WriteHead(message, query, answer.Code, addresses.Length, isTruncated);
        Span<byte> rest = message.AsSpan(DnsQueryParser.HeaderLength + query.Question.Length);
        foreach (IPAddress address in addresses)
        {
            rest = rest[WriteRecord(rest, address, (uint)answer.Ttl.TotalSeconds)..];
        }

        return message;
    }

    private static bool Matches(IPAddress address, DnsType type) =>
        type == (address.AddressFamily == AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa);

    private static int AddressLength(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 4 : 16;

    private static void WriteHead(Span<byte> message, DnsQuery query, DnsCode code, int answers, bool isTruncated)
    {
        int flags = Response | Authoritative | RecursionAvailable | (int)code
            | (query.IsRecursionDesired ? RecursionDesired : 0) | (isTruncated ? Truncated : 0);
        BinaryPrimitives.WriteUInt16BigEndian(message, query.Id);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], (ushort)answers);
        query.Question.Span.CopyTo(message[DnsQueryParser.HeaderLength..]);
    }

    private static int WriteRecord(Span<byte> target, IPAddress address, uint ttl)
    {
        int length = AddressLength(address);
        BinaryPrimitives.WriteUInt16BigEndian(target, NameOfQuestion);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)(length == 4 ? DnsType.A : DnsType.Aaaa));
        BinaryPrimitives.WriteUInt16BigEndian(target[4..], Internet);
        BinaryPrimitives.WriteUInt32BigEndian(target[6..], ttl);
        BinaryPrimitives.WriteUInt16BigEndian(target[10..], (ushort)length);
        address.TryWriteBytes(target[RecordHead..], out _);
        return RecordHead + length;
    }
}
