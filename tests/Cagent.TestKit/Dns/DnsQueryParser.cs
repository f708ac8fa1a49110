// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Cagent.TestKit.Dns;

/// <summary>Reads queries (RFC 1035, section 4). Refuses what it cannot answer; ignores what follows the question but EDNS.</summary>
internal static class DnsQueryParser
{
    public const int HeaderLength = 12;
    private const int MaxName = 255;
    private const int MaxLabel = 63;
    private const int MinUdpSize = 512;
    private const int MaxUdpSize = 4096;

    public static bool TryParse(ReadOnlySpan<byte> message, [NotNullWhen(true)] out DnsQuery? query)
    {
        query = null;
        if (message.Length < HeaderLength)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        bool isResponse = (flags & 0x8000) != 0;
        bool isStandard = (flags & 0x7800) == 0;
        if (isResponse || !isStandard || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
        {
            return false;
        }

        int position = HeaderLength;
        StringBuilder name = new();
        if (!TryReadName(message, ref position, name) || message.Length < position + 4)
        {
            return false;
        }

        DnsType type = (DnsType)BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        position += 4;
        query = new DnsQuery(
            BinaryPrimitives.ReadUInt16BigEndian(message),
            (flags & 0x0100) != 0,
            name.ToString(),
            type,
            message[HeaderLength..position].ToArray(),
            ReadUdpSize(message, position));
        return true;
    }

    // A question is never compressed: a pointer here (length byte 0xC0 and up) is refused with every other label above 63 bytes.
    private static bool TryReadName(ReadOnlySpan<byte> message, ref int position, StringBuilder name)
    {
        int start = position;
        while (position < message.Length)
        {
            int length = message[position++];
            if (length == 0)
            {
                return true;
            }

            if (length > MaxLabel || position + length > message.Length || position + length - start >= MaxName)
            {
                return false;
            }

            AppendLabel(message.Slice(position, length), name);
            position += length;
        }

        return false;
    }

    private static void AppendLabel(ReadOnlySpan<byte> label, StringBuilder name)
    {
        if (name.Length > 0)
        {
            name.Append('.');
        }

        foreach (byte value in label)
        {
            bool isPlain = value is > 0x20 and < 0x7f and not (byte)'.' and not (byte)'\\';
            _ = isPlain ? name.Append((char)value) : name.Append(CultureInfo.InvariantCulture, $"\\{value:D3}");
        }
    }

    private static int ReadUdpSize(ReadOnlySpan<byte> message, int position)
    {
        bool hasOnlyAdditional = BinaryPrimitives.ReadUInt32BigEndian(message[6..]) == 0 && BinaryPrimitives.ReadUInt16BigEndian(message[10..]) > 0;
        bool isOpt = hasOnlyAdditional && message.Length >= position + 11 && message[position] == 0
            && BinaryPrimitives.ReadUInt16BigEndian(message[(position + 1)..]) == (int)DnsType.Opt;
        return isOpt ? Math.Clamp((int)BinaryPrimitives.ReadUInt16BigEndian(message[(position + 3)..]), MinUdpSize, MaxUdpSize) : MinUdpSize;
    }
}
