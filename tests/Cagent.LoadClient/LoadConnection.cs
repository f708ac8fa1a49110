// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Cagent.LoadClient;

/// <summary>
/// A client connection that counts instead of understanding, so that the generator is cheaper than any peer: it sends
/// prepared bytes, skips header blocks and counts body bytes. It sends little, so it does not look at the peer's windows.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    // As Envoy: large windows, so that the peer's write path is measured and not round trips of credit.
    public const int StreamWindow = 16 * 1024 * 1024;
    private const int ConnectionWindow = 256 * 1024 * 1024;
    private const int DefaultWindow = 65_535;
    private const int FrameHeader = 9;
    private const int MaxFrame = 16 * 1024;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const byte Ack = 1;

    private readonly Socket _socket;
    private readonly RequestHead _head;
    private readonly Action<string> _onFailure;
    private readonly byte[] _input;
    private readonly byte[] _frame = new byte[FrameHeader];
    private readonly byte[] _control = new byte[64];
    private readonly Dictionary<int, LoadStream> _streams = [];
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private byte[] _output = new byte[1024];
    private int _outputLength;
    private int _nextId = 1;

    // Touched by the reading thread only.
    private int _frameFill;
    private int _left;
    private int _controlFill;
    private int _uncredited;
    private bool _isDisposed;

    private LoadConnection(Socket socket, RequestHead head, int bufferSize, Action<string> onFailure)
    {
        _socket = socket;
        _head = head;
        _onFailure = onFailure;
        _input = new byte[bufferSize];
    }

    public static Task<LoadConnection> OpenAsync(IPEndPoint peer, string path, int bufferSize, Action<string> onFailure) =>
        OpenAsync(peer, new RequestHead(path, peer.ToString()), bufferSize, onFailure);

    public static async Task<LoadConnection> OpenAsync(IPEndPoint peer, RequestHead head, int bufferSize, Action<string> onFailure)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(peer);
        LoadConnection connection = new(socket, head, bufferSize, onFailure);
        connection.WritePreface();
        connection.Flush();
        _ = connection.ReadAsync();
        return connection;
    }

    /// <summary>Opens the stream; its request is one message, and the end when <paramref name="isLast"/>. Sent by <see cref="Flush"/>.</summary>
    public void Start(LoadStream stream, ReadOnlySpan<byte> frame, bool isLast) => Start(stream, [], frame, isLast);

    /// <inheritdoc cref="Start(LoadStream, ReadOnlySpan{byte}, bool)"/>
    /// <param name="stream">The stream.</param>
    /// <param name="literals">The headers of this request alone, each a <see cref="RequestHead.Literal(string, string)"/>.</param>
    /// <param name="frame">The message with its prefix.</param>
    /// <param name="isLast">Whether the request ends with it.</param>
    public void Start(LoadStream stream, ReadOnlySpan<byte> literals, ReadOnlySpan<byte> frame, bool isLast)
    {
        lock (_lock)
        {
            stream.Id = _nextId;
            stream.Received = 0;
            stream.Uncredited = 0;
            byte[] block = _nextId == 1 ? _head.First : _head.Later;
            _nextId += 2;
            _streams[stream.Id] = stream;
            WriteFrame(FrameKind.Headers, EndHeaders, stream.Id, block, literals);
            while (frame.Length > MaxFrame)
            {
                WriteFrame(FrameKind.Data, 0, stream.Id, frame[..MaxFrame]);
                frame = frame[MaxFrame..];
            }

            WriteFrame(FrameKind.Data, isLast ? EndStream : (byte)0, stream.Id, frame);
        }
    }

    public void Send(LoadStream stream, ReadOnlySpan<byte> frame)
    {
        lock (_lock)
        {
            WriteFrame(FrameKind.Data, 0, stream.Id, frame);
        }
    }

    public void Flush()
    {
        lock (_lock)
        {
            if (_outputLength > 0 && !_isDisposed)
            {
                _socket.Send(_output.AsSpan(0, _outputLength));
                _outputLength = 0;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _socket.Dispose();
    }

    private void WritePreface()
    {
        Append("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Span<byte> settings = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(settings, 2); // ENABLE_PUSH = 0
        BinaryPrimitives.WriteUInt16BigEndian(settings[6..], 4);
        BinaryPrimitives.WriteInt32BigEndian(settings[8..], StreamWindow);
        WriteFrame(FrameKind.Settings, 0, 0, settings);
        WriteCredit(0, ConnectionWindow - DefaultWindow);
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                int count = await _socket.ReceiveAsync(_input.AsMemory()).ConfigureAwait(false);
                if (count == 0)
                {
                    throw new IOException("The peer closed the connection.");
                }

                Read(_input.AsSpan(0, count));
                Flush();
            }
        }
        catch (Exception e)
        {
            if (!_isDisposed)
            {
                _onFailure(e.ToString());
            }
        }
    }

    private void Read(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (_frameFill < FrameHeader)
            {
                int taken = Math.Min(FrameHeader - _frameFill, bytes.Length);
                bytes[..taken].CopyTo(_frame.AsSpan(_frameFill));
                _frameFill += taken;
                bytes = bytes[taken..];
                if (_frameFill < FrameHeader)
                {
                    return;
                }

                _left = (_frame[0] << 16) | (_frame[1] << 8) | _frame[2];
                _controlFill = 0;
            }

            int part = Math.Min(_left, bytes.Length);
            OnPayload(bytes[..part]);
            bytes = bytes[part..];
            _left -= part;
            if (_left == 0)
            {
                _frameFill = 0;
                OnFrame();
            }
        }
    }

    private void OnPayload(ReadOnlySpan<byte> part)
    {
        if ((FrameKind)_frame[3] != FrameKind.Data)
        {
            int kept = Math.Min(part.Length, _control.Length - _controlFill);
            part[..kept].CopyTo(_control.AsSpan(_controlFill));
            _controlFill += kept;
        }
        else if (part.Length > 0 && _streams.TryGetValue(StreamId, out LoadStream? stream))
        {
            Credit(stream, part.Length);
            stream.Received += part.Length;
            stream.OnBody(this, part);
        }
    }

    private void OnFrame()
    {
        switch ((FrameKind)_frame[3])
        {
            case FrameKind.Data or FrameKind.Headers when (_frame[4] & EndStream) != 0:
                if (_streams.Remove(StreamId, out LoadStream? stream))
                {
                    stream.OnEnd(this);
                }

                break;
            case FrameKind.Settings when (_frame[4] & Ack) == 0:
                WriteFrame(FrameKind.Settings, Ack, 0, []);
                break;
            case FrameKind.Ping when (_frame[4] & Ack) == 0:
                WriteFrame(FrameKind.Ping, Ack, 0, _control.AsSpan(0, 8));
                break;
            case FrameKind.ResetStream or FrameKind.GoAway:
                _onFailure($"The peer sent {(FrameKind)_frame[3]} {Convert.ToHexString(_control.AsSpan(0, _controlFill))}.");
                break;
            default:
                break;
        }
    }

    private int StreamId => BinaryPrimitives.ReadInt32BigEndian(_frame.AsSpan(5)) & int.MaxValue;

    private void Credit(LoadStream stream, int count)
    {
        stream.Uncredited += count;
        if (stream.Uncredited > StreamWindow / 2)
        {
            WriteCredit(stream.Id, stream.Uncredited);
            stream.Uncredited = 0;
        }

        _uncredited += count;
        if (_uncredited > ConnectionWindow / 2)
        {
            WriteCredit(0, _uncredited);
            _uncredited = 0;
        }
    }

    private void WriteCredit(int streamId, int count)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, count);
        WriteFrame(FrameKind.WindowUpdate, 0, streamId, payload);
    }

    private void WriteFrame(FrameKind kind, byte flags, int streamId, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> rest = default)
    {
        int length = payload.Length + rest.Length;
        Span<byte> header = [(byte)(length >> 16), (byte)(length >> 8), (byte)length, (byte)kind, flags, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header[5..], streamId);
        lock (_lock)
        {
            Append(header);
            Append(payload);
            Append(rest);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_output.Length - _outputLength < bytes.Length)
        {
            Array.Resize(ref _output, Math.Max(_output.Length * 2, _outputLength + bytes.Length));
        }

        bytes.CopyTo(_output.AsSpan(_outputLength));
        _outputLength += bytes.Length;
    }
}
