// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Web;
using Google.Protobuf;

namespace Cagent.Grpc.Tests.Web;

/// <summary>A server with gRPC-Web on an HTTP/1.1 and an HTTP/2 endpoint, and what a page would send to it.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    public const string Origin = "https://console.test:8443";

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = DecompressionMethods.None });

    public TestHost Host { get; private set; } = null!;

    public static async Task<WebHost> StartAsync(Action<GrpcServerOptions>? configure = null, bool allowCredentials = false) => new()
    {
        Host = await TestHost.StartAsync(options =>
        {
            GrpcWebOptions web = new([Origin, "http://localhost:5173"]) { AllowCredentials = allowCredentials };
            options.Endpoints.Add(GrpcEndpoint.Loopback(0) with { Web = web });
            options.Endpoints.Add(GrpcEndpoint.Loopback(0) with { Web = web with { AllowHttp1 = false } });
            configure?.Invoke(options);
        }),
    };

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Host.DisposeAsync();
    }

    /// <summary>Makes a call and takes the response apart.</summary>
    public async Task<WebReply> CallAsync(string method, IMessage request, int version, bool isText, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await PostAsync(method, Body(request, isText), version, isText, headers);
        byte[] body = await response.Content.ReadAsByteArrayAsync().WaitAsync(TestHost.Patience);
        return WebReply.Read(response, isText ? DecodePieces(Encoding.ASCII.GetString(body)) : body);
    }

    public Task<HttpResponseMessage> PostAsync(string method, byte[] body, int version, bool isText, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, method, version, new ByteArrayContent(body), isText ? "application/grpc-web-text" : "application/grpc-web+proto", headers);

    public Task<HttpResponseMessage> SendAsync(
        HttpMethod verb, string method, int version, HttpContent? content, string? contentType, params (string Name, string Value)[] headers)
    {
        int port = ((IPEndPoint)Host.Server.BoundEndpoints[version == 1 ? 2 : 3]).Port;
        HttpRequestMessage request = new(verb, $"http://127.0.0.1:{port}/cagent.grpc.tests.v1.EchoService/{method}")
        {
            Version = version == 1 ? HttpVersion.Version11 : HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (content is not null && contentType is not null)
        {
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _http.SendAsync(request, CancellationToken.None).WaitAsync(TestHost.Patience);
    }

    public static byte[] Body(IMessage message, bool isText)
    {
        byte[] payload = message.ToByteArray();
        byte[] frame = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        return isText ? Encoding.ASCII.GetBytes(Convert.ToBase64String(frame)) : frame;
    }

    /// <summary>Decodes base64 pieces that follow each other, each with its padding.</summary>
    public static byte[] DecodePieces(string text)
    {
        List<byte> bytes = [];
        for (int i = 0; i < text.Length; i += 4)
        {
            bytes.AddRange(Convert.FromBase64String(text.Substring(i, 4)));
        }

        return [.. bytes];
    }
}
