// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Cagent.Grpc.Client;
using Cagent.Grpc.Interop.Tests.Cases;
using Cagent.Grpc.Interop.Tests.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Interop.Tests.OurClient;

/// <summary>The cases as our client. This part finds them; the others hold them.</summary>
/// <param name="server">The server.</param>
/// <param name="checksCompression">Whether the server looks at the compression of requests; ours does, no peer can.</param>
internal sealed partial class OurClientCases(IPEndPoint server, bool checksCompression)
{
    private const int Limit = 4 * 1024 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly int[] s_requestSizes = [27_182, 8, 1_828, 45_904];
    private static readonly int[] s_responseSizes = [31_415, 9, 2_653, 58_979];

    private Uri Address => new($"http://{server}");

    public async Task RunAsync(string name)
    {
        using HttpChannel channel = HttpChannel.ForAddress(Address);
        TestService.TestServiceClient client = new(channel);
        await Find(name)(client).WaitAsync(s_patience);
    }

    private Func<TestService.TestServiceClient, Task> Find(string name) => name switch
    {
        InteropCase.EmptyUnary => EmptyUnaryAsync,
        InteropCase.LargeUnary => LargeUnaryAsync,
        InteropCase.ClientStreaming => ClientStreamingAsync,
        InteropCase.ServerStreaming => ServerStreamingAsync,
        InteropCase.PingPong => PingPongAsync,
        InteropCase.EmptyStream => EmptyStreamAsync,
        InteropCase.ClientCompressedUnary => ClientCompressedUnaryAsync,
        InteropCase.ClientCompressedStreaming => ClientCompressedStreamingAsync,
        InteropCase.ServerCompressedUnary => ServerCompressedUnaryAsync,
        InteropCase.ServerCompressedStreaming => ServerCompressedStreamingAsync,
        InteropCase.CancelAfterBegin => CancelAfterBeginAsync,
        InteropCase.CancelDuringUpload => CancelDuringUploadAsync,
        InteropCase.CancelAfterFirstResponse => CancelAfterFirstResponseAsync,
        InteropCase.TimeoutOnSleepingServer => TimeoutOnSleepingServerAsync,
        InteropCase.UnaryDeadline => UnaryDeadlineAsync,
        InteropCase.CustomMetadata => CustomMetadataAsync,
        InteropCase.BinaryMetadata => BinaryMetadataAsync,
        InteropCase.RepeatedBinaryMetadata => RepeatedBinaryMetadataAsync,
        InteropCase.StatusCodeAndMessage => StatusCodeAndMessageAsync,
        InteropCase.SpecialStatusMessage => SpecialStatusMessageAsync,
        InteropCase.AllStatusCodes => AllStatusCodesAsync,
        InteropCase.UnimplementedMethod => UnimplementedMethodAsync,
        InteropCase.UnimplementedService => UnimplementedServiceAsync,
        InteropCase.ErrorInMidStream => ErrorInMidStreamAsync,
        InteropCase.MaxRequestSize => MaxRequestSizeAsync,
        InteropCase.MaxResponseSize => MaxResponseSizeAsync,
        InteropCase.LargeMessages => LargeMessagesAsync,
        InteropCase.ParallelStreams => ParallelStreamsAsync,
        InteropCase.SlowReader => SlowReaderAsync,
        InteropCase.KeepAlive => KeepAliveAsync,
        _ => throw new ArgumentException($"Our client has no case {name}.", nameof(name)),
    };

    private static Payload Zeros(int size) => new() { Body = UnsafeByteOperations.UnsafeWrap(new byte[size]) };

    private static StreamingOutputCallRequest Ask(int size, int payload = 0, int intervalMicroseconds = 0) => new()
    {
        ResponseParameters = { new ResponseParameters { Size = size, IntervalUs = intervalMicroseconds } },
        Payload = Zeros(payload),
    };

    private static async Task ExpectAsync(IAsyncStreamReader<StreamingOutputCallResponse> responses, params int[] sizes)
    {
        foreach (int size in sizes)
        {
            Assert.True(await responses.MoveNext());
            Assert.Equal(size, responses.Current.Payload.Body.Length);
        }
    }

    private static async Task FinishAsync(AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call)
    {
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task ExpectUnaryAsync(TestService.TestServiceClient client, SimpleRequest request, CallOptions options = default)
    {
        SimpleResponse response = await client.UnaryCallAsync(request, options);
        Assert.Equal(request.ResponseSize, response.Payload.Body.Length);
        Assert.False(response.Payload.Body.Span.ContainsAnyExcept((byte)0));
    }

    private static async Task ExpectErrorAsync(Func<Task> action, StatusCode code, string? detail = null)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(action);
        Assert.Equal(code, e.StatusCode);
        if (detail is not null)
        {
            Assert.Equal(detail, e.Status.Detail);
        }
    }

    private static DateTime In(int milliseconds) => TimeProvider.System.GetUtcNow().UtcDateTime.AddMilliseconds(milliseconds);
}
