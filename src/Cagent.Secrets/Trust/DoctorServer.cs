// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Cagent.Secrets.Trust;

/// <summary>
/// A TLS server on the loopback that notes which tokens were asked for: who sent a request finished the handshake, and so took the
/// certificate. Answers every request with an empty object and closes. Thread safe.
/// </summary>
internal sealed class DoctorServer : IAsyncDisposable
{
    private const int MaxHead = 16 * 1024;

    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"u8.ToArray();
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    // A probe makes a handful; whoever else finds the port must not fill the memory.
    private readonly SemaphoreSlim _room = new(64);
    private readonly List<TcpListener> _listeners = [];
    private readonly SslServerAuthenticationOptions _options;
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly List<Task> _loops = [];

    private DoctorServer(SslStreamCertificateContext certificate, TimeProvider time)
    {
        _options = new SslServerAuthenticationOptions { ServerCertificateContext = certificate };
        _time = time;
    }

    /// <summary>The port, on 127.0.0.1 and, where there is one, on ::1.</summary>
    public int Port { get; private set; }

    /// <summary>Starts to listen.</summary>
    /// <param name="chainPem">The leaf, for <see cref="ProbeTarget.Host"/>, and what is sent behind it.</param>
    /// <param name="keyPem">The leaf's key.</param>
    /// <param name="time">The clock.</param>
    public static DoctorServer Start(string chainPem, string keyPem, TimeProvider time)
    {
        X509Certificate2Collection behind = [];
        behind.ImportFromPem(chainPem);
        X509Certificate2 leaf = X509Certificate2.CreateFromPem(chainPem, keyPem);
        behind.RemoveAt(0);
        DoctorServer server = new(SslStreamCertificateContext.Create(leaf, behind, offline: true), time);
        server.Listen();
        return server;
    }

    /// <summary>True when a request for the token came.</summary>
    public bool WasAsked(string token) => _seen.ContainsKey(token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listeners.ForEach(listener => listener.Stop());
        await Task.WhenAll(_loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Listen()
    {
        TcpListener first = new(IPAddress.Loopback, 0);
        first.Start();
        Port = ((IPEndPoint)first.LocalEndpoint).Port;
        _listeners.Add(first);
        try
        {
            // Some clients try ::1 alone when the name has it.
            TcpListener second = new(IPAddress.IPv6Loopback, Port);
            second.Start();
            _listeners.Add(second);
        }
        catch (SocketException)
        {
            // No IPv6 here, or the port is taken there.
        }
        _loops.AddRange(_listeners.Select(AcceptAsync));
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
            Socket connection = await listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
            _ = ServeAsync(connection);
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using CancellationTokenSource limit = new(Limit, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            using NetworkStream raw = new(connection, ownsSocket: true);
            using SslStream tls = new(raw);
            await tls.AuthenticateAsServerAsync(_options, both.Token).ConfigureAwait(false);
            // /TOKEN/ of the request line, whatever the program put behind.
            string head = await ReadHeadAsync(tls, both.Token).ConfigureAwait(false);
            if (head.Split(' ') is [_, var path, ..] && path.Split('/') is [_, var token, ..])
            {
                _seen[token] = true;
            }
            await tls.WriteAsync(Answer, both.Token).ConfigureAwait(false);
            await tls.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // A client that does not trust us ends like this; that it was not seen is the finding.
        }
        finally
        {
            _room.Release();
        }
    }

    private static async Task<string> ReadHeadAsync(SslStream tls, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxHead];
        int length = 0;
        while (length < MaxHead && buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            int read = await tls.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }
            length += read;
        }
        return Encoding.Latin1.GetString(buffer, 0, length);
    }
}
