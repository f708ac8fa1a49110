// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Clients;

/// <summary>
/// Sends plain requests through one handler, with the proxy's credentials, and TLS requests through another. A message that
/// leaves its version open gets the one of this handler: <see cref="HttpClient.DefaultRequestVersion"/> does not hold for
/// messages that a test makes itself, and such a test would silently speak HTTP/1.1.
/// </summary>
internal sealed class SchemeHandler(SocketsHttpHandler plain, SocketsHttpHandler secure, string? authorization, Version version) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _plain = new(plain);
    private readonly HttpMessageInvoker _secure = new(secure);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower)
        {
            (request.Version, request.VersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);
        }

        if (request.RequestUri?.Scheme is "https" or "wss")
        {
            return _secure.SendAsync(request, cancellationToken);
        }

        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("proxy-authorization", authorization);
        }

        return _plain.SendAsync(request, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plain.Dispose();
            _secure.Dispose();
        }

        base.Dispose(disposing);
    }
}
