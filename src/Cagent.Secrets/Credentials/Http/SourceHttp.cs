// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Cagent.Secrets.Credentials.Fetching;

namespace Cagent.Secrets.Credentials.Http;

/// <summary>
/// HTTP to servers that give credentials. No redirect is followed and no proxy used: a secret goes to the server that the policy names and
/// nowhere else. No cookies, no trace headers. Answers are bounded. Thread safe.
/// </summary>
internal sealed class SourceHttp(TimeProvider time) : IDisposable
{
    /// <summary>The longest answer, in bytes. Tokens have a few thousand.</summary>
    public const int MaxAnswer = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (CustomRoots? Roots, HttpMessageInvoker Client)> _clients = new(StringComparer.Ordinal); // by CA file; policies name few

    /// <summary>Sends, and reads the whole answer. Only a cancellation is thrown.</summary>
    /// <param name="request">The request; disposed by the caller.</param>
    /// <param name="caFile">The roots that the server's certificate must come from (PEM); null for those of the system. Read again at each request.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<SourceAnswer> SendAsync(HttpRequestMessage request, string? caFile, CancellationToken cancellationToken)
    {
        string server = request.RequestUri!.GetLeftPart(UriPartial.Authority);
        if (!CustomRoots.TryRead(caFile, out CustomRoots? roots, out string? problem))
        {
            return SourceAnswer.None(FetchFailure.NotReady, problem);
        }

        try
        {
            using HttpResponseMessage response = await ClientFor(caFile, roots).SendAsync(request, cancellationToken).ConfigureAwait(false);
            return await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false) is { } body
                ? new SourceAnswer((int)response.StatusCode, body) { RetryAfter = After(response.Headers.RetryAfter), Headers = response.Headers }
                : SourceAnswer.None(FetchFailure.Invalid, $"{server} answered more than 1 MiB");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            return SourceAnswer.None(FetchFailure.Unreachable, Explain(exception, server, caFile));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach ((_, HttpMessageInvoker client) in _clients.Values)
            {
                client.Dispose();
            }

            _clients.Clear();
        }
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using MemoryStream body = new();
        byte[] buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and int read)
        {
            if (body.Length + read > MaxAnswer)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    /// <summary>One client for each CA file, made anew when its content has changed.</summary>
    private HttpMessageInvoker ClientFor(string? caFile, CustomRoots? roots)
    {
        string key = caFile ?? "";
        lock (_gate)
        {
            if (_clients.TryGetValue(key, out (CustomRoots? Roots, HttpMessageInvoker Client) known) && known.Roots?.Sha256 == roots?.Sha256)
            {
                return known.Client;
            }

            // The one of before is not disposed: a request of another credential may be under way; its idle connections end by themselves.
            SocketsHttpHandler handler = new()
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ActivityHeadersPropagator = null,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionLifetime = TimeSpan.FromMinutes(5), // a name that moves is followed
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
                MaxResponseHeadersLength = 64,
            };
            handler.SslOptions.CertificateChainPolicy = roots?.Policy();
            HttpMessageInvoker client = new(handler);
            _clients[key] = (roots, client);
            return client;
        }
    }

    private TimeSpan? After(RetryConditionHeaderValue? header) => header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);

    private static string Explain(Exception exception, string server, string? caFile) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => $"the name of {server} does not resolve",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            $"TLS with {server} fails: its certificate must be valid for that name and come from {(caFile is null ? "a root of this machine; another one is named with ca_file" : caFile)}",
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => $"nothing listens at {server}",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => $"no connection to {server}",
        HttpRequestException { HttpRequestError: var error } => string.Create(CultureInfo.InvariantCulture, $"the connection to {server} broke ({error})"),
        _ => $"the connection to {server} broke",
    };
}
