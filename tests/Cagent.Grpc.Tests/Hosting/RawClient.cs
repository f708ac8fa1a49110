// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;

namespace Cagent.Grpc.Tests.Hosting;

/// <summary>Sends bodies byte by byte as a test wants them, without our client.</summary>
internal sealed class RawClient(Uri address) : IDisposable
{
    public const string UnaryPath = "/cagent.grpc.tests.v1.EchoService/Unary";

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler());

    public Task<HttpResponseMessage> PostAsync(string path, byte[] body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body, "application/grpc", headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, byte[]? body, string? contentType, params (string Name, string Value)[] headers)
    {
        HttpRequestMessage request = new(method, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body is null ? null : new ByteArrayContent(body),
        };
        if (request.Content is not null && contentType is not null)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        HttpResponseMessage response = await _http.SendAsync(request, CancellationToken.None).WaitAsync(TestHost.Patience);
        await response.Content.LoadIntoBufferAsync().WaitAsync(TestHost.Patience);
        return response;
    }

    /// <summary>The header from the headers (Trailers-Only) or the trailers.</summary>
    public static string? Status(HttpResponseMessage response) =>
        response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? only) ? "headers:" + only.Single()
        : response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? trailing) ? "trailers:" + trailing.Single()
        : null;

    public void Dispose() => _http.Dispose();
}
