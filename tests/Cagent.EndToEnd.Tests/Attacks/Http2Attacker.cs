// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Cagent.TestKit.Clients;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>HTTP/2 by hand on one tunnel, for what no client sends: any frames, in any number. Not thread safe.</summary>
internal sealed class Http2Attacker : IAsyncDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte Continuation = 9;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;
    private const int HeadLength = 9;

    private readonly RawConnection _connection;

    private Http2Attacker(RawConnection connection) => _connection = connection;

    /// <summary>Opens a tunnel; CONNECT target and server name are the host.</summary>
    public static async Task<Http2Attacker> OpenAsync(Deployment deployment, string host, int port)
    {
        RawConnection connection = await deployment.Raw.ConnectTlsAsync($"{host}:{port}", new TlsClientOptions { ServerName = host, Trust = deployment.Trust, ApplicationProtocols = ["h2"] });
        await connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        await connection.SendAsync(Frame(Settings, 0, 0, []));
        return new Http2Attacker(connection);
    }

    public Task SendAsync(byte[] frames) => _connection.SendAsync(frames);

    /// <summary>Sends pieces until they are all sent or the proxy ends the connection, which is no error; how many were sent.</summary>
    public async Task<int> FloodAsync(IEnumerable<byte[]> pieces)
    {
        int sent = 0;
        try
        {
            foreach (byte[] piece in pieces)
            {
                await _connection.SendAsync(piece);
                sent++;
            }
        }
        catch (IOException)
        {
            // Ended by the proxy: that is what is wanted.
        }

        return sent;
    }

    /// <summary>Type, stream and payload of the next frame.</summary>
    public async Task<(byte Type, int Stream, byte[] Payload)> ReadFrameAsync()
    {
        byte[] head = await _connection.ReadBytesAsync(HeadLength);
        return (head[3], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), await _connection.ReadBytesAsync((head[0] << 16) | (head[1] << 8) | head[2]));
    }

    /// <summary>Reads until the proxy closes; what came until then.</summary>
    public Task<byte[]> ReadToCloseAsync() => _connection.ReadToCloseAsync();

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    public static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        byte[] frame = [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }

    /// <summary>The head of a GET, and more fields behind it.</summary>
    public static byte[] Head(string authority, string path, params byte[][] more) =>
        [.. Field(":method", "GET"), .. Field(":scheme", "https"), .. Field(":authority", authority), .. Field(":path", path), .. more.SelectMany(field => field)];

    /// <summary>A literal without indexing, with a new name (RFC 7541, section 6.2.2), or with indexing (6.2.1).</summary>
    public static byte[] Field(string name, string value, bool isIndexed = false) =>
        [(byte)(isIndexed ? 0x40 : 0), .. Text(name), .. Text(value)];

    private static byte[] Text(string text)
    {
        // An integer with a prefix of seven bits (RFC 7541, section 5.1).
        List<byte> length = [];
        int rest = text.Length - 127;
        length.Add((byte)Math.Min(text.Length, 127));
        while (rest >= 0)
        {
            length.Add((byte)(rest >= 128 ? (rest & 127) | 128 : rest));
            rest = rest >= 128 ? rest >> 7 : -1;
        }

        return [.. length, .. Encoding.ASCII.GetBytes(text)];
    }
}
