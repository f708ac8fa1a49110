// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http2;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>
/// HTTP/2 frames, right or wrong, as fast as they go, inside a tunnel. What comes back is counted, or left unread. One task sends.
/// </summary>
internal sealed class RogueHttp2 : IAsyncDisposable
{
    private const int WriteSize = 64 * 1024;

    // The writes of a peer that no longer takes anything: long enough for a busy machine.
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(20);

    private readonly RawConnection _connection;
    private readonly Task _reading;
    private readonly MemoryStream _pending = new();
    private volatile bool _hasEnded;
    private int _responses;
    private int _refusedStreams;

    private RogueHttp2(RawConnection connection, bool reads)
    {
        _connection = connection;
        _connection.Timeout = Stuck;
        _reading = reads ? ReadAsync() : Task.CompletedTask;
    }

    /// <summary>Whether the proxy said GOAWAY or closed.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Heads of responses so far.</summary>
    public int Responses => Volatile.Read(ref _responses);

    /// <summary>Streams that the proxy has reset.</summary>
    public int RefusedStreams => Volatile.Read(ref _refusedStreams);

    public static async Task<RogueHttp2> OpenAsync(ResourceDeployment scene, bool reads = true)
    {
        RawConnection connection = await scene.AttackAsync("h2");
        if (!reads)
        {
            connection.Socket.ReceiveBufferSize = 4096;
        }

        RogueHttp2 rogue = new(connection, reads);
        await rogue.AddAsync(Http2Frame.Preface.ToArray());
        await rogue.SendAsync(new Http2Frame(Http2FrameType.Settings, 0, 0, ReadOnlyMemory<byte>.Empty));
        return rogue;
    }

    /// <summary>The fields of a GET or POST of an allowed path, in HPACK without indexing.</summary>
    public static byte[] Head(ResourceDeployment scene, string method = "GET", string path = "/status/200") =>
        [.. Field(":method", method), .. Field(":scheme", "https"), .. Field(":authority", scene.Target), .. Field(":path", path)];

    /// <summary>A literal without indexing, with a new name (RFC 7541, section 6.2.2).</summary>
    public static byte[] Field(string name, string value) => Field(0x00, name, value);

    /// <summary>A literal that enters the table (section 6.2.1): the next fields may repeat it with one byte, 0xbe (index 62).</summary>
    public static byte[] IndexedField(string name, string value) => Field(0x40, name, value);

    /// <summary>Sends frames; false once the proxy takes no more.</summary>
    public async Task<bool> SendAsync(params IEnumerable<Http2Frame> frames)
    {
        foreach (Http2Frame frame in frames)
        {
            if (_hasEnded || !await AddAsync(frame.ToBytes()))
            {
                return false;
            }
        }

        return await FlushAsync();
    }

    /// <summary>Waits for the end of the connection.</summary>
    public Task WaitForEndAsync() => _reading.WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        _connection.Reset();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync();
        await _pending.DisposeAsync();
    }

    private static byte[] Field(byte kind, string name, string value) =>
        [kind, .. Length(name.Length), .. Encoding.ASCII.GetBytes(name), .. Length(value.Length), .. Encoding.ASCII.GetBytes(value)];

    // An integer with a prefix of seven bits (section 5.1).
    private static byte[] Length(int length)
    {
        if (length < 127)
        {
            return [(byte)length];
        }

        List<byte> bytes = [127];
        for (length -= 127; length >= 128; length >>= 7)
        {
            bytes.Add((byte)(length | 0x80));
        }

        return [.. bytes, (byte)length];
    }

    private async Task<bool> AddAsync(byte[] bytes)
    {
        _pending.Write(bytes);
        return _pending.Length < WriteSize || await FlushAsync();
    }

    private async Task<bool> FlushAsync()
    {
        try
        {
            await _connection.SendAsync(_pending.ToArray());
            return true;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _hasEnded |= exception is IOException;
            return false;
        }
        finally
        {
            _pending.SetLength(0);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                byte[] head = await _connection.ReadBytesAsync(Http2Frame.HeaderSize);
                byte[] payload = await _connection.ReadBytesAsync(BinaryPrimitives.ReadInt32BigEndian(head) >>> 8);
                switch ((Http2FrameType)head[3])
                {
                    case Http2FrameType.GoAway:
                        _hasEnded = true;
                        break;
                    case Http2FrameType.RstStream:
                        Interlocked.Increment(ref _refusedStreams);
                        break;
                    case Http2FrameType.Headers:
                        Interlocked.Increment(ref _responses);
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            _hasEnded = true;
        }
    }
}
