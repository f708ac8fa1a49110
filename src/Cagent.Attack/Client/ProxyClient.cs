// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.Attack.Client;

/// <summary>Speaks to the proxy in exact bytes. Thread safe.</summary>
/// <param name="proxy">Where it is, and as whom we come.</param>
/// <param name="trust">What a certificate of the proxy must lead to; empty takes any.</param>
/// <param name="limit">How long one operation may take.</param>
/// <param name="received">Sees all bytes that come.</param>
internal sealed class ProxyClient(ProxyAddress proxy, X509Certificate2Collection trust, TimeSpan limit, ReceivedBytes received)
{
    public ProxyAddress Address => proxy;

    /// <summary>The header line with our identity, or nothing.</summary>
    public string IdentityLine => proxy.Authorization is null ? "" : $"proxy-authorization: {proxy.Authorization}\r\n";

    public ReceivedBytes Received => received;

    /// <summary>Connects to the proxy and sends nothing.</summary>
    public Task<WireConnection> DialAsync(CancellationToken cancellationToken) => DialAsync(proxy.Host, proxy.Port, cancellationToken);

    /// <summary>Connects past the proxy.</summary>
    public async Task<WireConnection> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        TcpClient client = new() { NoDelay = true };
        try
        {
            EndPoint target = IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);
            await client.Client.ConnectAsync(target, timeout.Token).ConfigureAwait(false);
            return new WireConnection(client.GetStream(), limit, received);
        }
        catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            client.Dispose();
            throw new IOException($"no connection: {(exception as SocketException)?.SocketErrorCode.ToString() ?? "no answer within the limit"}", exception);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request to the proxy's own door on a new connection, and reads one answer.</summary>
    public Task<Answer> AskAsync(string request, CancellationToken cancellationToken) =>
        OnNewConnectionAsync(request, HttpAnswers.ReadAsync, cancellationToken);

    /// <summary>The same, and all that comes until the connection ends.</summary>
    public Task<Answer> AskToEndAsync(string request, CancellationToken cancellationToken) =>
        OnNewConnectionAsync(request, HttpAnswers.ReadToEndAsync, cancellationToken);

    /// <summary>Sends a CONNECT for what is in the target, as spelt, and reads the answer.</summary>
    public async Task<Answer> ConnectAsync(string target, string lines, CancellationToken cancellationToken)
    {
        (Answer answer, WireConnection? connection) = await OpenAsync(target, lines, cancellationToken).ConfigureAwait(false);
        if (connection is not null)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        return answer;
    }

    /// <summary>An open tunnel; the caller disposes it. <see cref="AttackUnavailableException"/> when the proxy does not give one.</summary>
    public async Task<WireConnection> OpenTunnelAsync(string target, CancellationToken cancellationToken)
    {
        (Answer answer, WireConnection? connection) = await OpenAsync(target, IdentityLine, cancellationToken).ConfigureAwait(false);
        if (connection is not null && answer is { Kind: AnswerKind.Http, Status: 200 })
        {
            return connection;
        }

        if (connection is not null)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        throw new AttackUnavailableException($"CONNECT {target} gives no tunnel: {answer.Shown}");
    }

    /// <summary>A tunnel with verified TLS inside; the caller disposes it.</summary>
    public async Task<WireConnection> OpenTlsAsync(string host, int port, CancellationToken cancellationToken, string alpn = "http/1.1")
    {
        WireConnection tunnel = await OpenTunnelAsync(AttackUrl.Join(host, port), cancellationToken).ConfigureAwait(false);
        try
        {
            return await tunnel.StartTlsAsync(Options(host, alpn), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await tunnel.DisposeAsync().ConfigureAwait(false);
            throw new AttackUnavailableException($"TLS to {host} in a tunnel fails: {(exception is OperationCanceledException ? "no answer within the limit" : exception.Message)}");
        }
    }

    /// <summary>Sends a ClientHello into a tunnel for the target, and reads what comes first.</summary>
    public async Task<Answer> GreetAsync(string target, byte[] hello, CancellationToken cancellationToken)
    {
        WireConnection tunnel = await OpenTunnelAsync(target, cancellationToken).ConfigureAwait(false);
        await using (tunnel.ConfigureAwait(false))
        {
            try
            {
                await tunnel.SendAsync(hello, cancellationToken).ConfigureAwait(false);
            }
            catch (IOException)
            {
                return Answer.Of(AnswerKind.Closed, "closed");
            }

            return await HttpAnswers.ReadAsync(tunnel, "GET", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends bytes and reads; a peer that closes in between has answered too.</summary>
    public static async Task<Answer> ExchangeAsync(
        WireConnection connection, string request, Func<WireConnection, string, CancellationToken, Task<Answer>> read, CancellationToken cancellationToken)
    {
        try
        {
            await connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // What came before the close says why.
        }

        return await read(connection, request.Split(' ')[0], cancellationToken).ConfigureAwait(false);
    }

    private async Task<(Answer Answer, WireConnection? Connection)> OpenAsync(string target, string lines, CancellationToken cancellationToken)
    {
        WireConnection connection;
        try
        {
            connection = await DialAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            return (Answer.Of(AnswerKind.NoProxy, $"{proxy}: {exception.Message}"), null);
        }

        return (await ExchangeAsync(connection, $"CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n{lines}\r\n", HttpAnswers.ReadAsync, cancellationToken).ConfigureAwait(false), connection);
    }

    private async Task<Answer> OnNewConnectionAsync(string request, Func<WireConnection, string, CancellationToken, Task<Answer>> read, CancellationToken cancellationToken)
    {
        WireConnection connection;
        try
        {
            connection = await DialAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            return Answer.Of(AnswerKind.NoProxy, $"{proxy}: {exception.Message}");
        }

        await using (connection.ConfigureAwait(false))
        {
            return await ExchangeAsync(connection, request, read, cancellationToken).ConfigureAwait(false);
        }
    }

    private SslClientAuthenticationOptions Options(string host, string alpn) => new()
    {
        TargetHost = host,
        AllowTlsResume = false,
        ApplicationProtocols = [new SslApplicationProtocol(alpn)],
        RemoteCertificateValidationCallback = (_, certificate, _, _) => trust.Count == 0 || Trusts(certificate as X509Certificate2, host),
    };

    private bool Trusts(X509Certificate2? certificate, string host)
    {
        if (certificate is null || !certificate.MatchesHostname(host))
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(trust);
        return chain.Build(certificate);
    }
}
