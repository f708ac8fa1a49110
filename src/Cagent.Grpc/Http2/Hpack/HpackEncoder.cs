// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Cagent.Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cagent.Grpc.Http2.Hpack;

/// <summary>
/// Encodes response headers and trailers (RFC 7541): an index for the status, literals without indexing for the rest. It keeps no table, so blocks
/// do not depend on each other and no secret stays in a peer's table. Pure.
/// </summary>
internal static class HpackEncoder
{
    private const int StatusName = StaticTable.Status200;

    /// <summary>The block of a response's headers.</summary>
    public static byte[] EncodeHeaders(int status, IHeaderDictionary headers)
    {
        PooledBuffer buffer = new();
        try
        {
            WriteStatus(buffer, status);
            WriteFields(buffer, headers);
            return buffer.WrittenSpan.ToArray();
        }
        finally
        {
            buffer.Release();
        }
    }

    /// <summary>The block of a response's trailers.</summary>
    public static byte[] EncodeTrailers(IHeaderDictionary trailers)
    {
        PooledBuffer buffer = new();
        try
        {
            WriteFields(buffer, trailers);
            return buffer.WrittenSpan.ToArray();
        }
        finally
        {
            buffer.Release();
        }
    }

    private static void WriteStatus(PooledBuffer buffer, int status)
    {
        if (status == 200)
        {
            buffer.GetSpan(1)[0] = 0x80 | StaticTable.Status200;
            buffer.Advance(1);
            return;
        }

        WriteInteger(buffer, 0, 4, StatusName);
        WriteString(buffer, status.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteFields(PooledBuffer buffer, IHeaderDictionary headers)
    {
        foreach (KeyValuePair<string, StringValues> header in headers)
        {
            foreach (string? value in header.Value)
            {
                WriteInteger(buffer, 0, 4, 0);

                // Section 8.2.1 of RFC 9113: names are lower-case on the wire.
                WriteString(buffer, header.Key.ToLowerInvariant());
                WriteString(buffer, value ?? "");
            }
        }
    }

    private static void WriteString(PooledBuffer buffer, string text)
    {
        WriteInteger(buffer, 0, 7, text.Length);
        buffer.Advance(Encoding.Latin1.GetBytes(text, buffer.GetSpan(text.Length)));
    }

    private static void WriteInteger(PooledBuffer buffer, byte first, int prefixBits, int value) =>
        buffer.Advance(HpackInteger.Write(buffer.GetSpan(HpackInteger.MaxLength), first, prefixBits, value));
}
