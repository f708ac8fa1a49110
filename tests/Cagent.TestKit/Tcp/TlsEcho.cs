// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tcp;

/// <summary>TLS without HTTP: returns every byte, for pinned names and pass-through tunnels. Thread safe.</summary>
public sealed class TlsEcho : IAsyncDisposable
{
    private const int MaxServerNames = 10_000;
    private const int BufferLength = 64 * 1024;
    private readonly BoundedLog<string?> _serverNames = new(MaxServerNames);
    private readonly TlsEchoOptions _options;
    private readonly AcceptLoop _loop;
    private long _byteCount;

    private TlsEcho(TlsEchoOptions options)
    {
        _options = options;
        _loop = AcceptLoop.Start(new IPEndPoint(options.Address, options.Port), options.Sockets, ServeAsync);
    }

    /// <summary>Where the server listens.</summary>
    public IPEndPoint EndPoint => _loop.EndPoint;

    /// <summary>The port.</summary>
    public int Port => EndPoint.Port;

    /// <summary>TCP connections ever accepted.</summary>
    public long ConnectionCount => _loop.Accepted;

    /// <summary>TCP connections that are open now.</summary>
    public int OpenConnections => _loop.Open;

    /// <summary>Bytes received inside TLS.</summary>
    public long ByteCount => Interlocked.Read(ref _byteCount);

    /// <summary>The server name of each ClientHello, oldest first; null where there was none.</summary>
    public IReadOnlyList<string?> ServerNames => _serverNames.Snapshot();

    /// <summary>Starts a server.</summary>
    public static TlsEcho Start(TlsEchoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TlsEcho(options);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        await using NetworkStream network = new(socket);
        await using SslStream tls = new(network);
        await tls.AuthenticateAsServerAsync(TlsServer.Options(_options.Certificate, _serverNames.Add), cancellationToken);
        using SemaphoreSlim writing = new(1);   // a stream takes one write at a time, and there are two writers
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task ticks = _options.TickInterval > TimeSpan.Zero ? TickAsync(tls, writing, ended.Token) : Task.CompletedTask;
        try
        {
            await EchoAsync(tls, writing, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            await ticks;
        }
    }

    private async Task EchoAsync(SslStream tls, SemaphoreSlim writing, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferLength];
        int read;
        while ((read = await tls.ReadAsync(buffer, cancellationToken)) > 0)
        {
            Interlocked.Add(ref _byteCount, read);
            await WriteAsync(tls, writing, buffer.AsMemory(0, read), cancellationToken);
        }
    }

    private async Task TickAsync(SslStream tls, SemaphoreSlim writing, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(_options.TickInterval, TimeProvider.System);
        try
        {
            for (long number = 0; await timer.WaitForNextTickAsync(cancellationToken); number++)
            {
                byte[] line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"tick {number}\n"));
                await WriteAsync(tls, writing, line, cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The connection ended; the echo loop says so.
        }
    }

    private static async Task WriteAsync(SslStream tls, SemaphoreSlim writing, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            await tls.WriteAsync(bytes, cancellationToken);
        }
        finally
        {
            writing.Release();
        }
    }
}
