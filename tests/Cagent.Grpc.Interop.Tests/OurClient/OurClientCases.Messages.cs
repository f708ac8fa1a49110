// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Client;
using Cagent.Grpc.Interop.Tests.Protos;
using Grpc.Core;

namespace Cagent.Grpc.Interop.Tests.OurClient;

/// <summary>Messages: kinds of calls, sizes, compression.</summary>
internal sealed partial class OurClientCases
{
    private static async Task EmptyUnaryAsync(TestService.TestServiceClient client) =>
        Assert.Equal(new Empty(), await client.EmptyCallAsync(new Empty()));

    private static Task LargeUnaryAsync(TestService.TestServiceClient client) =>
        ExpectUnaryAsync(client, new SimpleRequest { ResponseSize = 314_159, Payload = Zeros(271_828) });

    private static async Task ClientStreamingAsync(TestService.TestServiceClient client)
    {
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call = client.StreamingInputCall();
        foreach (int size in s_requestSizes)
        {
            await call.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Zeros(size) });
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(74_922, (await call).AggregatedPayloadSize);
    }

    private static async Task ServerStreamingAsync(TestService.TestServiceClient client)
    {
        StreamingOutputCallRequest request = new() { ResponseParameters = { s_responseSizes.Select(size => new ResponseParameters { Size = size }) } };
        using AsyncServerStreamingCall<StreamingOutputCallResponse> call = client.StreamingOutputCall(request);
        await ExpectAsync(call.ResponseStream, s_responseSizes);
        Assert.False(await call.ResponseStream.MoveNext());
    }

    private static async Task PingPongAsync(TestService.TestServiceClient client)
    {
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall();
        for (int i = 0; i < s_requestSizes.Length; i++)
        {
            await call.RequestStream.WriteAsync(Ask(s_responseSizes[i], s_requestSizes[i]));
            await ExpectAsync(call.ResponseStream, s_responseSizes[i]);
        }

        await FinishAsync(call);
    }

    private static async Task EmptyStreamAsync(TestService.TestServiceClient client)
    {
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall();
        await FinishAsync(call);
    }

    private static async Task ServerCompressedUnaryAsync(TestService.TestServiceClient client)
    {
        foreach (bool isCompressed in new[] { true, false })
        {
            await ExpectUnaryAsync(client, new SimpleRequest
            {
                ResponseSize = 314_159,
                Payload = Zeros(271_828),
                ResponseCompressed = new BoolValue { Value = isCompressed },
            });
        }
    }

    private static async Task ServerCompressedStreamingAsync(TestService.TestServiceClient client)
    {
        using AsyncServerStreamingCall<StreamingOutputCallResponse> call = client.StreamingOutputCall(new StreamingOutputCallRequest
        {
            ResponseParameters =
            {
                new ResponseParameters { Size = 31_415, Compressed = new BoolValue { Value = true } },
                new ResponseParameters { Size = 92_653, Compressed = new BoolValue { Value = false } },
            },
        });
        await ExpectAsync(call.ResponseStream, 31_415, 92_653);
        Assert.False(await call.ResponseStream.MoveNext());
    }

    private static async Task MaxRequestSizeAsync(TestService.TestServiceClient client)
    {
        await ExpectErrorAsync(
            async () => await client.UnaryCallAsync(new SimpleRequest { ResponseSize = 1, Payload = Zeros(Limit + 1) }), StatusCode.ResourceExhausted);
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall();
        Task write = call.RequestStream.WriteAsync(Ask(1, Limit + 1));
        await ExpectErrorAsync(() => call.ResponseStream.MoveNext(), StatusCode.ResourceExhausted);
        await Record.ExceptionAsync(() => write);
        await ExpectUnaryAsync(client, new SimpleRequest { ResponseSize = 1 });
    }

    private static async Task MaxResponseSizeAsync(TestService.TestServiceClient client)
    {
        await ExpectErrorAsync(async () => await client.UnaryCallAsync(new SimpleRequest { ResponseSize = Limit + 1 }), StatusCode.ResourceExhausted);
        await ExpectUnaryAsync(client, new SimpleRequest { ResponseSize = 1 });
    }

    private async Task ClientCompressedUnaryAsync(TestService.TestServiceClient client)
    {
        SimpleRequest Request(bool isCompressed) => new()
        {
            ResponseSize = 314_159,
            Payload = Zeros(271_828),
            ExpectCompressed = new BoolValue { Value = isCompressed },
        };
        if (checksCompression)
        {
            await ExpectErrorAsync(async () => await client.UnaryCallAsync(Request(true)), StatusCode.InvalidArgument);
        }

        using HttpChannel gzip = HttpChannel.ForAddress(Address, new HttpChannelOptions { CompressRequests = true });
        TestService.TestServiceClient compressing = new(gzip);
        await ExpectUnaryAsync(compressing, Request(true));
        await ExpectUnaryAsync(compressing, Request(false), new CallOptions().WithWriteOptions(new WriteOptions(WriteFlags.NoCompress)));
    }

    private async Task ClientCompressedStreamingAsync(TestService.TestServiceClient client)
    {
        StreamingInputCallRequest Request(int size, bool isCompressed) => new() { Payload = Zeros(size), ExpectCompressed = new BoolValue { Value = isCompressed } };
        if (checksCompression)
        {
            using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> probe = client.StreamingInputCall();
            await probe.RequestStream.WriteAsync(Request(27_182, true));
            await probe.RequestStream.CompleteAsync();
            await ExpectErrorAsync(async () => await probe, StatusCode.InvalidArgument);
        }

        using HttpChannel gzip = HttpChannel.ForAddress(Address, new HttpChannelOptions { CompressRequests = true });
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> call = new TestService.TestServiceClient(gzip).StreamingInputCall();
        await call.RequestStream.WriteAsync(Request(27_182, true));
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(Request(45_904, false));
        await call.RequestStream.CompleteAsync();
        Assert.Equal(73_086, (await call).AggregatedPayloadSize);
    }

    private async Task LargeMessagesAsync(TestService.TestServiceClient client)
    {
        using HttpChannel unlimited = HttpChannel.ForAddress(Address, new HttpChannelOptions { MaxReceiveMessageSize = int.MaxValue });
        client = new TestService.TestServiceClient(unlimited);
        await ExpectUnaryAsync(client, new SimpleRequest { ResponseSize = 3_000_000, Payload = Zeros(3_000_000) });
        await ExpectUnaryAsync(client, new SimpleRequest { ResponseSize = 40_000_000 });
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = client.FullDuplexCall();
        for (int i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(Ask(3_000_000, 3_000_000));
            await ExpectAsync(call.ResponseStream, 3_000_000);
        }

        await FinishAsync(call);
    }
}
