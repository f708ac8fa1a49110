// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Clients;

/// <summary>A connection on which a test sends exact bytes. Every operation ends within <see cref="Timeout"/>. Not thread safe.</summary>
public sealed class RawConnection : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly PipeReader _reader;

    private readonly ByteWatch? _watch;

    private RawConnection(Socket socket, Stream stream, ByteWatch? watch)
    {
        Socket = socket;
        _stream = stream;
        _watch = watch;
        _reader = PipeReader.Create(watch?.Watching(stream) ?? stream, new StreamPipeReaderOptions(leaveOpen: true));
    }

    /// <summary>The TCP socket, for resets and half-closes.</summary>
    public Socket Socket { get; }

    /// <summary>The limit of each operation; past it, <see cref="OperationCanceledException"/>. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The ALPN protocol that was agreed on, or empty.</summary>
    public string ApplicationProtocol => (_stream as SslStream)?.NegotiatedApplicationProtocol.ToString() ?? "";

    /// <summary>The server's certificate, once TLS runs.</summary>
    public X509Certificate2? RemoteCertificate => (_stream as SslStream)?.RemoteCertificate as X509Certificate2;

    /// <summary>Connects to an address.</summary>
    public static async Task<RawConnection> DialAsync(IPEndPoint endPoint, ISocketFactory? sockets = null, CancellationToken cancellationToken = default)
    {
        Socket socket = await (sockets ?? HostSockets.Instance).DialAsync(endPoint, cancellationToken);
        return new RawConnection(socket, new NetworkStream(socket, ownsSocket: true), null);
    }

    /// <summary>Connects to the proxy as an agent.</summary>
    internal static async Task<RawConnection> DialAsync(AgentProxy proxy, CancellationToken cancellationToken)
    {
        Socket socket = proxy.SocketPath is { } path ? await DialAsync(path, cancellationToken) : await proxy.Sockets.DialAsync(proxy.EndPoint, cancellationToken);
        RawConnection connection = new(socket, new NetworkStream(socket, ownsSocket: true), proxy.Watch);
        return proxy.Tls is { } tls ? await connection.StartTlsAsync(tls, cancellationToken) : connection;
    }

    private static async Task<Socket> DialAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends text, one byte for each character.</summary>
    public Task SendAsync(string text, CancellationToken cancellationToken = default) => SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    /// <summary>Sends bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = Limit(cancellationToken);
        await _stream.WriteAsync(bytes, limit.Token);
        await _stream.FlushAsync(limit.Token);
    }

    /// <summary>Reads the next HTTP/1.1 response. The method of its request decides whether it has a body.</summary>
    public async Task<RawResponse> ReadResponseAsync(string requestMethod = "GET", CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = Limit(cancellationToken);
        return await new RawResponseReader(_reader).ReadAsync(requestMethod, limit.Token);
    }

    /// <summary>Reads exactly so many bytes; <see cref="EndOfStreamException"/> when fewer come.</summary>
    public async Task<byte[]> ReadBytesAsync(int count, CancellationToken cancellationToken = default)
    {
        if (count == 0)
        {
            return []; // an empty HTTP/2 frame: nothing more need come
        }

        using CancellationTokenSource limit = Limit(cancellationToken);
        ReadResult result = await _reader.ReadAtLeastAsync(count, limit.Token);
        if (result.Buffer.Length < count)
        {
            throw new EndOfStreamException($"The peer closed after {result.Buffer.Length} of {count} bytes.");
        }

        byte[] bytes = result.Buffer.Slice(0, count).ToArray();
        _reader.AdvanceTo(result.Buffer.GetPosition(count));
        return bytes;
    }

    /// <summary>Reads until the peer closes or resets the connection; what came until then, at most 16 MiB.</summary>
    public async Task<byte[]> ReadToCloseAsync(CancellationToken cancellationToken = default)
    {
        ArrayBufferWriter<byte> bytes = new();
        using CancellationTokenSource limit = Limit(cancellationToken);
        try
        {
            await new RawResponseReader(_reader).ReadToEndAsync(bytes, limit.Token);
        }
        catch (IOException)
        {
            // A reset is a close too.
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Starts TLS and returns the connection inside it; this one must not be used any more. A refusal is an <see cref="IOException"/> or <see cref="System.Security.Authentication.AuthenticationException"/>.</summary>
    public async Task<RawConnection> StartTlsAsync(TlsClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_reader.TryRead(out ReadResult early) && early.Buffer.Length > 0)
        {
            throw new InvalidDataException("The server spoke before TLS.");
        }

        SslStream tls = new(_stream);
        try
        {
            using CancellationTokenSource limit = Limit(cancellationToken);
            await tls.AuthenticateAsClientAsync(options.ToFramework(), limit.Token);
            return new RawConnection(Socket, tls, _watch) { Timeout = Timeout };
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the connection with a TCP reset instead of a FIN.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _reader.CompleteAsync();
            await _stream.DisposeAsync();
        }
        catch (IOException)
        {
            // TLS says goodbye on dispose, and the peer may be gone.
        }

        Socket.Dispose();
    }

    /// <summary>For the framework's HTTP, which takes a bare <see cref="SslStream"/> for TLS with the destination: to the proxy it is another layer.</summary>
    internal Stream TakeStream() => _stream is SslStream && _watch is not null ? _watch.Watching(_stream) : _stream;

    private CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        return limit;
    }
}
