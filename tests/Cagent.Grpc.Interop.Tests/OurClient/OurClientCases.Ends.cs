// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Grpc.Client;
using Cagent.Grpc.Interop.Tests.Hosting;
using Cagent.Grpc.Interop.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Interop.Tests.OurClient;

/// <summary>How calls end: status, metadata, cancellation, deadline; and many or long calls.</summary>
internal sealed partial class OurClientCases
{
    private static readonly byte[][] s_binaryValues =
        [[.. Enumerable.Range(0, 256).Select(i => (byte)i)], [1], [1, 2], [1, 2, 3], [.. Enumerable.Repeat((byte)7, 3000)], []];

    private static async Task CancelAfterBeginAsync(TestService.TestServiceClient client)
    {
        using CancellationTokenSource cancellation = new();
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call = client.StreamingInputCall(cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        await ExpectErrorAsync(async () => await call, StatusCode.Cancelled);
    }

    private static async Task CancelDuringUploadAsync(TestService.TestServiceClient client)
    {
        using CancellationTokenSource cancellation = new();
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call = client.StreamingInputCall(
            new Metadata { { InteropService.InitialKey, "begun" } }, cancellationToken: cancellation.Token);
        await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(27_182) });

        // The handler must run before the cancellation can be seen there: its headers say so.
        Assert.Equal("begun", (await call.ResponseHeadersAsync).GetValue(InteropService.InitialKey));
        await cancellation.CancelAsync();
        await ExpectErrorAsync(async () => await call, StatusCode.Cancelled);
    }

    private static async Task CancelAfterFirstResponseAsync(TestService.TestServiceClient client)
    {
        using CancellationTokenSource cancellation = new();
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall(cancellationToken: cancellation.Token);
        await call.RequestStream.WriteAsync(Ask(31_415, 27_182));
        await ExpectAsync(call.ResponseStream, 31_415);
        await cancellation.CancelAsync();
        await ExpectErrorAsync(() => call.ResponseStream.MoveNext(), StatusCode.Cancelled);
    }

    private static async Task TimeoutOnSleepingServerAsync(TestService.TestServiceClient client)
    {
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall(deadline: In(1));

        // The deadline may pass before the request has left.
        await Record.ExceptionAsync(() => call.RequestStream.WriteAsync(Ask(31_415, 27_182, 10_000_000)));
        await ExpectErrorAsync(() => call.ResponseStream.MoveNext(), StatusCode.DeadlineExceeded);
    }

    private static Task UnaryDeadlineAsync(TestService.TestServiceClient client) => ExpectErrorAsync(
        async () => await client.UnaryCallAsync(
            new SimpleRequest { ResponseSize = 1 }, new Metadata { { InteropService.DelayKey, "30000" } }, deadline: In(1000)),
        StatusCode.DeadlineExceeded);

    private static async Task CustomMetadataAsync(TestService.TestServiceClient client)
    {
        byte[] trailing = [0xab, 0xab, 0xab];
        Metadata metadata = new() { { InteropService.InitialKey, "test_initial_metadata_value" }, { InteropService.TrailingKey, trailing } };
        SimpleRequest request = new() { ResponseSize = 314_159, Payload = Zeros(271_828) };
        using AsyncUnaryCall<SimpleResponse> unary = client.UnaryCallAsync(request, metadata);
        Assert.Equal(314_159, (await unary).Payload.Body.Length);
        Assert.Equal("test_initial_metadata_value", (await unary.ResponseHeadersAsync).GetValue(InteropService.InitialKey));
        Assert.Equal(trailing, unary.GetTrailers().GetValueBytes(InteropService.TrailingKey));

        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall(metadata);
        await call.RequestStream.WriteAsync(Ask(314_159, 271_828));
        await ExpectAsync(call.ResponseStream, 314_159);
        await FinishAsync(call);
        Assert.Equal("test_initial_metadata_value", (await call.ResponseHeadersAsync).GetValue(InteropService.InitialKey));
        Assert.Equal(trailing, call.GetTrailers().GetValueBytes(InteropService.TrailingKey));
    }

    private static async Task BinaryMetadataAsync(TestService.TestServiceClient client)
    {
        foreach (byte[] value in s_binaryValues)
        {
            await ExpectBinaryEchoAsync(client, value);
        }
    }

    private static Task RepeatedBinaryMetadataAsync(TestService.TestServiceClient client) => ExpectBinaryEchoAsync(client, s_binaryValues[..4]);

    private static async Task ExpectBinaryEchoAsync(TestService.TestServiceClient client, params byte[][] values)
    {
        Metadata metadata = [];
        foreach (byte[] value in values)
        {
            metadata.Add(InteropService.TrailingKey, value);
        }

        using AsyncUnaryCall<SimpleResponse> call = client.UnaryCallAsync(new SimpleRequest { ResponseSize = 1 }, metadata);
        await call;
        Assert.Equal(values, call.GetTrailers().Where(entry => entry.Key == InteropService.TrailingKey).Select(entry => entry.ValueBytes));
    }

    private static async Task StatusCodeAndMessageAsync(TestService.TestServiceClient client)
    {
        EchoStatus status = new() { Code = 2, Message = "test status message" };
        await ExpectErrorAsync(async () => await client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }), StatusCode.Unknown, status.Message);
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall();
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = status });
        await call.RequestStream.CompleteAsync();
        await ExpectErrorAsync(() => call.ResponseStream.MoveNext(), StatusCode.Unknown, status.Message);
    }

    private static Task SpecialStatusMessageAsync(TestService.TestServiceClient client)
    {
        EchoStatus status = new() { Code = 2, Message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n" };
        return ExpectErrorAsync(async () => await client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }), StatusCode.Unknown, status.Message);
    }

    private static async Task AllStatusCodesAsync(TestService.TestServiceClient client)
    {
        foreach (StatusCode code in Enum.GetValues<StatusCode>().Where(code => code != StatusCode.OK))
        {
            EchoStatus status = new() { Code = (int)code, Message = string.Create(CultureInfo.InvariantCulture, $"code {(int)code}") };
            await ExpectErrorAsync(async () => await client.UnaryCallAsync(new SimpleRequest { ResponseStatus = status }), code, status.Message);
        }
    }

    private static Task UnimplementedMethodAsync(TestService.TestServiceClient client) =>
        ExpectErrorAsync(async () => await client.UnimplementedCallAsync(new Empty()), StatusCode.Unimplemented);

    private async Task UnimplementedServiceAsync(TestService.TestServiceClient client)
    {
        using HttpChannel channel = HttpChannel.ForAddress(Address);
        await ExpectErrorAsync(
            async () => await new UnimplementedService.UnimplementedServiceClient(channel).UnimplementedCallAsync(new Empty()), StatusCode.Unimplemented);
    }

    private static async Task ErrorInMidStreamAsync(TestService.TestServiceClient client)
    {
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall();
        await call.RequestStream.WriteAsync(Ask(100));
        await ExpectAsync(call.ResponseStream, 100);
        await call.RequestStream.WriteAsync(new StreamingOutputCallRequest { ResponseStatus = new EchoStatus { Code = 10, Message = "enough" } });
        await ExpectErrorAsync(() => call.ResponseStream.MoveNext(), StatusCode.Aborted, "enough");
    }

    private static async Task ParallelStreamsAsync(TestService.TestServiceClient client)
    {
        // The connection first: calls that start before it is there may get one each.
        await client.EmptyCallAsync(new Empty());
        List<AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse>> calls =
            [.. Enumerable.Range(0, 200).Select(_ => client.FullDuplexCall())];
        for (int size = 1; size <= 3; size++)
        {
            await Task.WhenAll(calls.Select(call => call.RequestStream.WriteAsync(Ask(size))));
            await Task.WhenAll(calls.Select(call => ExpectAsync(call.ResponseStream, size)));
        }

        await Task.WhenAll(calls.Select(FinishAsync));
        calls.ForEach(call => call.Dispose());
    }

    private static async Task SlowReaderAsync(TestService.TestServiceClient client)
    {
        int[] sizes = [.. Enumerable.Range(100_000, 40)];
        StreamingOutputCallRequest request = new() { ResponseParameters = { sizes.Select(size => new ResponseParameters { Size = size }) } };
        using AsyncServerStreamingCall<StreamingOutputCallResponse> call = client.StreamingOutputCall(request);
        foreach (int size in sizes)
        {
            await ExpectAsync(call.ResponseStream, size);
            await ExpectUnaryAsync(client, new SimpleRequest { ResponseSize = 10 });
        }

        Assert.False(await call.ResponseStream.MoveNext());
    }

    private async Task KeepAliveAsync(TestService.TestServiceClient client)
    {
        using HttpChannel pinging = HttpChannel.ForAddress(Address, new HttpChannelOptions { KeepAlivePingDelay = TimeSpan.FromSeconds(1) });
        client = new TestService.TestServiceClient(pinging);
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall();
        await call.RequestStream.WriteAsync(Ask(1, 0, 2_500_000));
        await ExpectAsync(call.ResponseStream, 1);
        await FinishAsync(call);
    }
}
