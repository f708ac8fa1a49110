// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Clients;

/// <summary>
/// Sends plain requests through one handler, with the proxy's credentials, and TLS requests through another. A message that
/// leaves its version open gets the one of this handler: <see cref="HttpClient.DefaultRequestVersion"/> does not hold for
/// messages that a test makes itself, and such a test would silently speak HTTP/1.1.
/// </summary>
internal sealed class SchemeHandler(SocketsHttpHandler plain, SocketsHttpHandler secure, string? authorization, Version version, ByteWatch? watch) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _plain = new(plain);
    private readonly HttpMessageInvoker _secure = new(secure);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower)
        {
            (request.Version, request.VersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);
        }

        bool isSecure = request.RequestUri?.Scheme is "https" or "wss";
        if (!isSecure && authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("proxy-authorization", authorization);
        }

        HttpResponseMessage response = await (isSecure ? _secure : _plain).SendAsync(request, cancellationToken);
        watch?.Look(response);
        return response;
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
