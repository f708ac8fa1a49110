// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Cagent.TestKit.Http2;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>Frames as a client sends them, right or wrong.</summary>
internal static class Frames
{
    public const string UnaryPath = "/cagent.grpc.tests.v1.EchoService/Unary";
    public const string ServerStreamPath = "/cagent.grpc.tests.v1.EchoService/ServerStream";
    public const string ClientStreamPath = "/cagent.grpc.tests.v1.EchoService/ClientStream";
    public const string BidiPath = "/cagent.grpc.tests.v1.EchoService/Bidi";

    public const int HeaderTableSize = 1;
    public const int EnablePush = 2;
    public const int InitialWindowSize = 4;
    public const int MaxFrameSize = 5;

    /// <summary>The largest payload that our server allows.</summary>
    public const int LargestPayload = 16 * 1024;

    public static Http2Frame Headers(int stream, string path = UnaryPath, byte flags = Http2Flag.EndHeaders, params (string Name, string Value)[] more) =>
        new(Http2FrameType.Headers, flags, stream, Block(path, more));

    public static Http2Frame Continuation(int stream, byte[] block, byte flags = Http2Flag.None) => new(Http2FrameType.Continuation, flags, stream, block);

    public static Http2Frame Data(int stream, byte[] bytes, byte flags = Http2Flag.None) => new(Http2FrameType.Data, flags, stream, bytes);

    /// <summary>A whole message in one frame.</summary>
    public static Http2Frame Message(int stream, byte[] message, byte flags = Http2Flag.None) => Data(stream, Prefixed(message), flags);

    public static Http2Frame Reset(int stream, Http2ErrorCode code = Http2ErrorCode.Cancel) => new(Http2FrameType.RstStream, Http2Flag.None, stream, Number((int)code));

    public static Http2Frame WindowUpdate(int stream, int increment) => new(Http2FrameType.WindowUpdate, Http2Flag.None, stream, Number(increment));

    public static Http2Frame Ping(byte flags = Http2Flag.None) => new(Http2FrameType.Ping, flags, 0, new byte[8]);

    public static Http2Frame Settings(params (int Id, int Value)[] settings)
    {
        byte[] payload = new byte[settings.Length * 6];
        for (int i = 0; i < settings.Length; i++)
        {
            BinaryPrimitives.WriteInt16BigEndian(payload.AsSpan(i * 6), (short)settings[i].Id);
            BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan((i * 6) + 2), settings[i].Value);
        }

        return new Http2Frame(Http2FrameType.Settings, Http2Flag.None, 0, payload);
    }

    public static Http2Frame Of(Http2FrameType type, int stream, int length, byte flags = Http2Flag.None) => new(type, flags, stream, new byte[length]);

    public static byte[] Prefixed(byte[] message)
    {
        byte[] bytes = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), message.Length);
        message.CopyTo(bytes, 5);
        return bytes;
    }

    /// <summary>The header block of a call.</summary>
    public static byte[] Block(string path, params (string Name, string Value)[] more) =>
    [
        .. Field(":method", "POST"), .. Field(":scheme", "http"), .. Field(":path", path), .. Field(":authority", "localhost"),
        .. Field("content-type", "application/grpc"), .. Field("te", "trailers"), .. more.SelectMany(header => Field(header.Name, header.Value)),
    ];

    /// <summary>A literal field without indexing and without Huffman coding (RFC 7541, section 6.2.2).</summary>
    public static byte[] Field(string name, string value) => [0, .. Text(name), .. Text(value)];

    private static byte[] Text(string text) => [.. Length(text.Length), .. Encoding.ASCII.GetBytes(text)];

    // RFC 7541, section 5.1, with a prefix of 7 bits.
    private static IEnumerable<byte> Length(int length)
    {
        if (length < 127)
        {
            yield return (byte)length;
            yield break;
        }

        yield return 127;
        for (length -= 127; length >= 128; length >>= 7)
        {
            yield return (byte)(length | 0x80);
        }

        yield return (byte)length;
    }

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
