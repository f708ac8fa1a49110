// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Cagent.Grpc.Tests.Client;

/// <summary>One connection of a <see cref="RawHttp2Server"/>.</summary>
internal sealed class RawHttp2Connection(Stream stream, CancellationToken cancellationToken) : IAsyncDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    private const int PrefaceLength = 24;

    /// <summary>Cancelled at the end of the test.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Reads the preface and sends empty settings.</summary>
    public async Task BeginAsync()
    {
        await stream.ReadExactlyAsync(new byte[PrefaceLength], cancellationToken);
        await SendAsync(Settings, 0, 0, []);
    }

    /// <summary>Reads frames until one of this type comes; answers settings on the way.</summary>
    public async Task<(byte Flags, int Stream, byte[] Payload)> ReadAsync(byte type)
    {
        while (true)
        {
            (byte found, byte flags, int streamId, byte[] payload) = await ReadFrameAsync();
            if (found == type)
            {
                return (flags, streamId, payload);
            }
        }
    }

    /// <summary>Reads frames until one ends a stream, in order or not.</summary>
    public async Task<(byte Type, byte Flags)> ReadEndAsync()
    {
        while (true)
        {
            (byte type, byte flags, _, _) = await ReadFrameAsync();
            if (type == Reset || (type is Data or Headers && (flags & EndStream) != 0))
            {
                return (type, flags);
            }
        }
    }

    public async Task<int> ReadRequestAsync() => (await ReadAsync(Headers)).Stream;

    public async Task SendAsync(byte type, byte flags, int streamId, byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame, 9);
        await stream.WriteAsync(frame, cancellationToken);
    }

    /// <summary>Sends bytes that need not be whole frames.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes, cancellationToken);

    /// <summary>Ends the connection hard: the peer gets a TCP reset in place of an end.</summary>
    public void Abort() => ((NetworkStream)stream).Socket.Close(timeout: 0);

    public Task SendResetAsync(int streamId, int code) => SendAsync(Reset, 0, streamId, [0, 0, 0, (byte)code]);

    public Task SendGoAwayAsync(int lastStreamId, int code) => SendAsync(GoAway, 0, 0, [0, 0, 0, (byte)lastStreamId, 0, 0, 0, (byte)code]);

    /// <summary>Headers as literals without indexing (RFC 7541, 6.2.2).</summary>
    public Task SendHeadersAsync(int streamId, bool endStream, params (string Name, string Value)[] headers)
    {
        using MemoryStream block = new();
        foreach ((string name, string value) in headers)
        {
            block.WriteByte(0);
            Write(block, name);
            Write(block, value);
        }

        return SendAsync(Headers, (byte)(EndHeaders | (endStream ? EndStream : 0)), streamId, block.ToArray());
    }

    /// <summary>Response headers of a gRPC call that goes on.</summary>
    public Task SendResponseAsync(int streamId) => SendHeadersAsync(streamId, false, (":status", "200"), ("content-type", "application/grpc"));

    /// <summary>A whole response: one empty message and OK.</summary>
    public async Task AnswerAsync(int streamId)
    {
        await SendResponseAsync(streamId);
        await SendAsync(Data, 0, streamId, new byte[5]);
        await SendHeadersAsync(streamId, true, ("grpc-status", "0"));
    }

    public Task SendTrailersOnlyAsync(int streamId, int status, params (string Name, string Value)[] more) =>
        SendHeadersAsync(streamId, true, [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", $"{status}"), .. more]);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<(byte Type, byte Flags, int Stream, byte[] Payload)> ReadFrameAsync()
    {
        byte[] header = new byte[9];
        await stream.ReadExactlyAsync(header, cancellationToken);
        byte[] payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
        await stream.ReadExactlyAsync(payload, cancellationToken);
        if (header[3] == Settings && (header[4] & 1) == 0)
        {
            await SendAsync(Settings, 1, 0, []);
        }

        return (header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
    }

    private static void Write(MemoryStream block, string text)
    {
        // Shorter than 127 bytes, so that the length is one byte.
        block.WriteByte(checked((byte)text.Length));
        block.Write(Encoding.ASCII.GetBytes(text));
    }
}
