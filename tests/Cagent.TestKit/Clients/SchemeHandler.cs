// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Clients;

/// <summary>Sends plain requests through one handler, with the proxy's credentials, and TLS requests through another.</summary>
internal sealed class SchemeHandler(SocketsHttpHandler plain, SocketsHttpHandler secure, string? authorization) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _plain = new(plain);
    private readonly HttpMessageInvoker _secure = new(secure);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
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
