// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>The reader of messages, compressed ones too, against one that goes through an array.</summary>
public class MessageFuzzTests
{
    private const int Limit = 64;

    private static readonly byte[] s_small = ReferenceGzip.Deflate([1, 2, 3]);

    private static readonly byte[][] s_compressed =
        [s_small, s_small[..^1], [.. s_small, 0], ReferenceGzip.Deflate(new byte[Limit]), ReferenceGzip.Deflate(new byte[Limit + 1]), ReferenceGzip.Deflate(new byte[5000]), []];

    [Fact]
    public void Read_AnyBytesInAnyPieces_ReadsWhatTheReferenceReads() => Fuzzing.Run(
        Fuzzing.Messages,
        random => WireCase.Make(random, s_compressed),
        WireCase.Smaller,
        one =>
        {
            // Half of the streams have negotiated gzip.
            bool acceptsCompressed = one.Bytes.Length % 2 == 0;
            MessageReader reader = new(PiecesStream.Read(one), Limit, acceptsCompressed);
            List<byte[]> messages = [];
            StatusCode end = StatusCode.OK;
            Fuzzing.Within(256 * 1024, () => end = Fuzzing.Now(ReadAllAsync(reader, messages)));

            // A broken gzip stream may turn out to be too large before it turns out to be broken.
            (List<byte[]> expected, StatusCode expectedEnd) = Parse(one.Bytes, acceptsCompressed, out bool isBrokenGzip);
            Assert.Equal(expected, messages);
            Assert.True(end == expectedEnd || (isBrokenGzip && end == StatusCode.ResourceExhausted), $"{end} instead of {expectedEnd}");

            // An error is final.
            Assert.Equal(end, Fuzzing.Now(ReadAllAsync(reader, messages)));
            Assert.Equal(expected.Count, messages.Count);
            reader.Complete();
        });

    private static async Task<StatusCode> ReadAllAsync(MessageReader reader, List<byte[]> messages)
    {
        try
        {
            while (await reader.ReadAsync(static context => context.PayloadAsNewBuffer(), CancellationToken.None) is { } message)
            {
                messages.Add(message);
            }

            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    private static (List<byte[]> Messages, StatusCode End) Parse(byte[] bytes, bool acceptsCompressed, out bool isBrokenGzip)
    {
        isBrokenGzip = false;
        List<byte[]> messages = [];
        int position = 0;
        while (bytes.Length - position >= 5)
        {
            byte flag = bytes[position];
            long length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(position + 1));
            if (flag > 1)
            {
                return (messages, StatusCode.Internal);
            }

            if (length > Limit)
            {
                return (messages, StatusCode.ResourceExhausted);
            }

            if (bytes.Length - position - 5 < length)
            {
                return (messages, StatusCode.Internal);
            }

            byte[]? payload = bytes[(position + 5)..(position + 5 + (int)length)];
            payload = flag == 0 ? payload : acceptsCompressed ? ReferenceGzip.Inflate(payload) : null;
            if (payload is null)
            {
                isBrokenGzip = acceptsCompressed;
                return (messages, StatusCode.Internal);
            }

            if (payload.Length > Limit)
            {
                return (messages, StatusCode.ResourceExhausted);
            }

            messages.Add(payload);
            position += 5 + (int)length;
        }

        return (messages, position == bytes.Length ? StatusCode.OK : StatusCode.Internal);
    }
}
