// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Net;
using Cagent.Grpc.Load.Servers;
using Cagent.LoadClient;

namespace Cagent.Grpc.Load.Http2;

/// <summary>Asks a peer for a push or its counters; not measured, so an ordinary client.</summary>
internal sealed class ControlClient(IPEndPoint peer) : IDisposable
{
    private const int FrameHeader = 5;
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://{peer}"), Timeout = TimeSpan.FromMinutes(1) };

    public Task PushAsync(int size)
    {
        byte[] message = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(message, size);
        return CallAsync(LoadPaths.Push, message);
    }

    /// <summary>Bytes allocated by the peer since its start, and bytes of live heap.</summary>
    public async Task<(long Allocated, long Heap)> StatsAsync()
    {
        byte[] body = await CallAsync(LoadPaths.Stats, []);
        return (BinaryPrimitives.ReadInt64BigEndian(body.AsSpan(FrameHeader)), BinaryPrimitives.ReadInt64BigEndian(body.AsSpan(FrameHeader + 8)));
    }

    /// <summary>Asks Envoy's question, with the headers that go with it; the answer's message.</summary>
    public async Task<byte[]> CheckAsync(byte[] message, IEnumerable<(string Name, string Value)> headers) =>
        (await CallAsync(LoadPaths.Check, message, headers))[FrameHeader..];

    /// <summary>Tells a peer that does not decide how to answer.</summary>
    public Task AnswerAsync(byte[] message) => CallAsync(LoadPaths.Answer, message);

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> CallAsync(string path, byte[] message, IEnumerable<(string Name, string Value)>? headers = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcFrame.Of(message)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach ((string name, string value) in headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage response = await _http.SendAsync(request);
        return await response.Content.ReadAsByteArrayAsync();
    }
}
