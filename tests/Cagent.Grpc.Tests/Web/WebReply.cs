// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Cagent.Grpc.Tests.Protos;

namespace Cagent.Grpc.Tests.Web;

/// <summary>A gRPC-Web response as a page reads it.</summary>
internal sealed record WebReply(IReadOnlyList<EchoResponse> Messages, IReadOnlyDictionary<string, string> Trailers, bool HasTrailersFrame, string? ContentType)
{
    /// <summary>Takes a decoded body apart. The trailers of a response without a body are its headers.</summary>
    public static WebReply Read(HttpResponseMessage response, byte[] body)
    {
        List<EchoResponse> messages = [];
        Dictionary<string, string>? trailers = null;
        for (int i = 0; i < body.Length;)
        {
            Assert.Null(trailers);
            int length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(i + 1));
            ReadOnlySpan<byte> payload = body.AsSpan(i + 5, length);
            if (body[i] == 0x80)
            {
                trailers = Parse(Encoding.ASCII.GetString(payload));
            }
            else
            {
                Assert.Equal(0, body[i]);
                messages.Add(EchoResponse.Parser.ParseFrom(payload));
            }

            i += 5 + length;
        }

        return new WebReply(
            messages,
            trailers ?? response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
            trailers is not null,
            response.Content.Headers.ContentType?.MediaType);
    }

    private static Dictionary<string, string> Parse(string block)
    {
        Assert.EndsWith("\r\n", block, StringComparison.Ordinal);
        return block.TrimEnd().Split("\r\n").Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }
}
