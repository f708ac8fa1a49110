// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Cagent.TestKit.Clients;

namespace Cagent.EndToEnd.Tests;

/// <summary>
/// HTTP/2 by hand on one tunnel, one request after the other, each with its own <c>:authority</c>: the framework's client opens
/// a connection for each name. Returns bodies only, because response heads are compressed. Not thread safe.
/// </summary>
public sealed class TunnelHttp2 : IAsyncDisposable
{
    private const int HeadLength = 9;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte GoAway = 7;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    private readonly RawConnection _connection;
    private int _stream = -1;

    private TunnelHttp2(RawConnection connection) => _connection = connection;

    /// <summary>Opens a tunnel; CONNECT target and server name are the host.</summary>
    public static async Task<TunnelHttp2> OpenAsync(Deployment deployment, string host, int port)
    {
        RawConnection connection = await deployment.Raw.ConnectTlsAsync(
            $"{host}:{port}", new TlsClientOptions { ServerName = host, Trust = deployment.Trust, ApplicationProtocols = ["h2"] });
        await connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        await connection.SendAsync(Frame(Settings, 0, 0, []));
        return new TunnelHttp2(connection);
    }

    /// <summary>Sends a GET and returns the body of its response.</summary>
    public Task<string> GetAsync(string authority, string path) => RequestAsync("GET", authority, path);

    /// <summary>Sends a request without a body, and returns the body of its response.</summary>
    public async Task<string> RequestAsync(string method, string authority, string path, params (string Name, string Value)[] headers)
    {
        _stream += 2;
        await _connection.SendAsync(Frame(Headers, EndStream | EndHeaders, _stream, [.. Head(method, authority, path), .. headers.SelectMany(header => Field(header.Name, header.Value))]));
        return await ReadBodyAsync();
    }

    /// <summary>Sends a POST with trailers behind its body, and returns the body of its response.</summary>
    public async Task<string> PostAsync(string authority, string path, string body, params (string Name, string Value)[] trailers)
    {
        _stream += 2;
        await _connection.SendAsync(Frame(Headers, EndHeaders, _stream, Head("POST", authority, path)));
        await _connection.SendAsync(Frame(Data, 0, _stream, Encoding.ASCII.GetBytes(body)));
        await _connection.SendAsync(Frame(Headers, EndStream | EndHeaders, _stream, [.. trailers.SelectMany(trailer => Field(trailer.Name, trailer.Value))]));
        return await ReadBodyAsync();
    }

    private static byte[] Head(string method, string authority, string path) =>
        [.. Field(":method", method), .. Field(":scheme", "https"), .. Field(":authority", authority), .. Field(":path", path)];

    private async Task<string> ReadBodyAsync()
    {
        StringBuilder body = new();
        while (true)
        {
            byte[] head = await _connection.ReadBytesAsync(HeadLength);
            byte[] payload = await _connection.ReadBytesAsync((head[0] << 16) | (head[1] << 8) | head[2]);
            bool isOurs = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) == _stream;
            Assert.False(head[3] == GoAway || (isOurs && head[3] == Reset), "the proxy ended the connection or the stream");
            if (isOurs && head[3] == Data)
            {
                body.Append(Encoding.UTF8.GetString(payload));
            }

            if (isOurs && head[3] is Data or Headers && (head[4] & EndStream) != 0)
            {
                return body.ToString();
            }
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        byte[] frame = [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }

    // A literal without indexing, with a new name (RFC 7541, section 6.2.2): lengths below 127 take one byte.
    private static byte[] Field(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.Latin1.GetBytes(name), (byte)value.Length, .. Encoding.Latin1.GetBytes(value)];
}
