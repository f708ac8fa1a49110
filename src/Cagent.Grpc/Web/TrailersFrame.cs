// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Cagent.Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cagent.Grpc.Web;

/// <summary>The trailers of gRPC-Web: a last frame of the body with the highest bit of the flag set and the lines of an HTTP/1 header block.</summary>
internal static class TrailersFrame
{
    public const byte Flag = 0x80;

    public static void Write(IHeaderDictionary trailers, IBufferWriter<byte> writer)
    {
        StringBuilder block = new();
        foreach (KeyValuePair<string, StringValues> trailer in trailers)
        {
            foreach (string? value in trailer.Value)
            {
                // Names are checked when they become metadata, values when they are encoded: neither holds a line break.
                block.Append(trailer.Key.ToLowerInvariant()).Append(": ").Append(value).Append("\r\n");
            }
        }

        byte[] payload = Encoding.ASCII.GetBytes(block.ToString());
        Span<byte> header = writer.GetSpan(FrameReader.HeaderSize);
        header[0] = Flag;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], payload.Length);
        writer.Advance(FrameReader.HeaderSize);
        writer.Write(payload);
    }
}
