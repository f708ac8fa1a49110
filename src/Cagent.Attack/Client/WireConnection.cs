// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Cagent.Attack.Client;

/// <summary>A connection on which exact bytes are sent. Each operation ends within the limit, by <see cref="OperationCanceledException"/>. Not thread safe.</summary>
internal sealed class WireConnection : IAsyncDisposable
{
    private const int MaxKept = 1024 * 1024;
    private readonly Stream _stream;
    private readonly TimeSpan _limit;
    private readonly ReceivedBytes _received;
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    public WireConnection(Stream stream, TimeSpan limit, ReceivedBytes received)
    {
        _stream = stream;
        _limit = limit;
        _received = received;
    }

    /// <summary>The server's certificate, once TLS runs.</summary>
    public X509Certificate2? Certificate => (_stream as SslStream)?.RemoteCertificate as X509Certificate2;

    /// <summary>What was received and not yet taken.</summary>
    public ReadOnlyMemory<byte> Pending => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Sends text, one byte for each character.</summary>
    public Task SendAsync(string text, CancellationToken cancellationToken) => SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = Limit(cancellationToken);
        await _stream.WriteAsync(bytes, limit.Token).ConfigureAwait(false);
        await _stream.FlushAsync(limit.Token).ConfigureAwait(false);
    }

    /// <summary>Waits for more bytes; false at the end, which a reset is too.</summary>
    public async Task<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        using CancellationTokenSource limit = Limit(cancellationToken);
        try
        {
            int read = await _stream.ReadAsync(_buffer.AsMemory(_end), limit.Token).ConfigureAwait(false);
            _received.Add(_buffer.AsSpan(_end, read));
            _end += read;
            return read > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Takes so many of the pending bytes.</summary>
    public ReadOnlyMemory<byte> Take(int count)
    {
        byte[] taken = Pending[..count].ToArray();
        _start += count;
        return taken;
    }

    /// <summary>Exactly so many bytes; <see cref="EndOfStreamException"/> when fewer come.</summary>
    public async Task<ReadOnlyMemory<byte>> TakeAsync(int count, CancellationToken cancellationToken)
    {
        while (Pending.Length < count)
        {
            if (!await ReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                throw new EndOfStreamException("the connection ended");
            }
        }

        return Take(count);
    }

    /// <summary>Starts TLS and returns the connection inside it; this one must not be used any more.</summary>
    public async Task<WireConnection> StartTlsAsync(SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        if (!Pending.IsEmpty)
        {
            throw new IOException("something spoke before TLS: " + EvidenceText.Of(Pending.Span));
        }

        SslStream tls = new(_stream);
        try
        {
            using CancellationTokenSource limit = Limit(cancellationToken);
            await tls.AuthenticateAsClientAsync(options, limit.Token).ConfigureAwait(false);
            return new WireConnection(tls, _limit, _received);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // TLS says goodbye on dispose, and the peer may be gone.
        }
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
        {
            return;
        }

        if (_start == 0 && _buffer.Length >= MaxKept)
        {
            throw new IOException("more than 1 MiB came at once");
        }

        byte[] next = _start > 0 ? new byte[_buffer.Length] : new byte[_buffer.Length * 2];
        Pending.CopyTo(next);
        (_end, _start, _buffer) = (_end - _start, 0, next);
    }

    private CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_limit);
        return limit;
    }
}
