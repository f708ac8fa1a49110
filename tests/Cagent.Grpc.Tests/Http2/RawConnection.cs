// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Cagent.Grpc.Tests.Hosting;
using Cagent.TestKit.Http2;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>
/// An HTTP/2 client that sends what it is told: it answers nothing and gives no credit by itself. It keeps the newest frames.
/// One writer at a time.
/// </summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private const int MaxFrames = 10_000;
    private const int BufferLength = 64 * 1024;

    private readonly Socket _socket;
    private readonly BoundedLog<Http2Frame> _frames = new(MaxFrames);
    private readonly Task _reading;
    private long _pingAcks;
    private long _settingsAcks;
    private long _dataBytes;
    private volatile bool _isClosed;

    private RawConnection(Socket socket, bool reads)
    {
        _socket = socket;
        _reading = reads ? ReadAsync() : Task.CompletedTask;
    }

    /// <summary>What the server sent and is kept, oldest first.</summary>
    public IReadOnlyList<Http2Frame> Received => _frames.Snapshot();

    public long PingAcks => Interlocked.Read(ref _pingAcks);

    public long SettingsAcks => Interlocked.Read(ref _settingsAcks);

    public long DataBytes => Interlocked.Read(ref _dataBytes);

    /// <summary>Whether the server has closed its side.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>The code of the GOAWAY, if there was one.</summary>
    public Http2ErrorCode? GoAway => Received.LastOrDefault(frame => frame.Type == Http2FrameType.GoAway) is { } frame ? Code(frame.Payload.Span[4..]) : null;

    /// <summary>Connects without a word.</summary>
    public static async Task<RawConnection> DialAsync(int port, bool reads = true) =>
        new(await HostSockets.Instance.DialAsync(new IPEndPoint(IPAddress.Loopback, port)), reads);

    /// <summary>Connects, sends preface and settings.</summary>
    public static async Task<RawConnection> OpenAsync(int port, bool reads = true, params (int Id, int Value)[] settings)
    {
        RawConnection connection = await DialAsync(port, reads);
        byte[] first = [.. Http2Frame.Preface.Span, .. Frames.Settings(settings).ToBytes()];
        await connection.SendAsync(first);
        return connection;
    }

    /// <summary>Sends bytes; false when the server has gone, as it may at any moment of an attack.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        try
        {
            while (bytes.Length > 0)
            {
                bytes = bytes[await _socket.SendAsync(bytes, cancellationToken)..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public Task<bool> SendAsync(params Http2Frame[] frames) => SendAsync(frames.SelectMany(frame => frame.ToBytes()).ToArray());

    /// <summary>The code of the RST_STREAM of a stream, if there was one.</summary>
    public Http2ErrorCode? ResetOf(int stream) =>
        Received.FirstOrDefault(frame => frame.Type == Http2FrameType.RstStream && frame.StreamId == stream) is { } frame ? Code(frame.Payload.Span) : null;

    /// <summary>Whether the server has ended its half of a stream in order.</summary>
    public bool HasEnded(int stream) => Received.Any(frame =>
        frame.StreamId == stream && (frame.Type is Http2FrameType.Headers or Http2FrameType.Data) && frame.Has(Http2Flag.EndStream));

    /// <summary>Waits for a condition; the error tells what was received.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        try
        {
            await Eventually.TrueAsync(condition, TestHost.Patience, what);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; received: {string.Join(", ", Received.TakeLast(50).Select(frame => $"{frame.Type}({frame.StreamId})"))}", e);
        }
    }

    /// <summary>A PING and its answer: everything that was sent before has been handled.</summary>
    public async Task SynchroniseAsync()
    {
        long before = PingAcks;
        Assert.True(await SendAsync(Frames.Ping()));
        await UntilAsync(() => PingAcks > before, "the answer to a PING");
    }

    /// <summary>Ends the connection hard: the peer gets a TCP reset in place of an end.</summary>
    public void Abort() => _socket.Close(timeout: 0);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _reading;
    }

    private static Http2ErrorCode Code(ReadOnlySpan<byte> bytes) => (Http2ErrorCode)BinaryPrimitives.ReadInt32BigEndian(bytes);

    private async Task ReadAsync()
    {
        Http2FrameParser parser = new();
        byte[] buffer = new byte[BufferLength];
        try
        {
            int read;
            while ((read = await _socket.ReceiveAsync(buffer)) > 0)
            {
                foreach (Http2Frame frame in parser.Feed(buffer.AsSpan(0, read)))
                {
                    Note(frame);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Either side may end it.
        }
        finally
        {
            _isClosed = true;
        }
    }

    private void Note(Http2Frame frame)
    {
        switch (frame.Type)
        {
            case Http2FrameType.Ping when frame.Has(Http2Flag.Ack):
                Interlocked.Increment(ref _pingAcks);
                break;
            case Http2FrameType.Settings when frame.Has(Http2Flag.Ack):
                Interlocked.Increment(ref _settingsAcks);
                break;
            case Http2FrameType.Data:
                Interlocked.Add(ref _dataBytes, frame.Payload.Length);
                _frames.Add(frame with { Payload = default });
                break;
            default:
                _frames.Add(frame);
                break;
        }
    }
}
