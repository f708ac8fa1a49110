// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Grpc.Interop.Tests.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Interop.Tests.Hosting;

/// <summary>The interop service on our server. Thread safe.</summary>
internal sealed class InteropService : TestService.TestServiceBase
{
    public const string InitialKey = "x-grpc-test-echo-initial";
    public const string TrailingKey = "x-grpc-test-echo-trailing-bin";

    /// <summary>Our own: how long UnaryCall waits, because its request has no field for that.</summary>
    public const string DelayKey = "x-interop-delay-ms";

    private readonly CompressionMarks _marks = new();
    private int _cancelled;
    private int _running;

    /// <summary>How many handlers saw the end of their call before they were done.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    /// <summary>How many handlers run.</summary>
    public int Running => Volatile.Read(ref _running);

    public ServerServiceDefinition Bind()
    {
        TestService.BindService(_marks, this);
        return _marks.Build();
    }

    public override Task<Empty> EmptyCall(Empty request, ServerCallContext context) => Task.FromResult(new Empty());

    public override Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context) => WatchAsync(async () =>
    {
        await BeginAsync(context);
        CheckCompression(request, request.ExpectCompressed);
        if (context.RequestHeaders.GetValue(DelayKey) is { } delay)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(int.Parse(delay, CultureInfo.InvariantCulture)), TimeProvider.System, context.CancellationToken);
        }

        ThrowIfAsked(request.ResponseStatus);
        context.WriteOptions = Compression(request.ResponseCompressed);
        return new SimpleResponse { Payload = Zeros(request.ResponseSize) };
    });

    public override Task StreamingOutputCall(
        StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responseStream, ServerCallContext context) =>
        WatchAsync(async () =>
        {
            await RespondAsync(request, responseStream, context);
            return true;
        });

    public override Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context) => WatchAsync(async () =>
        {
            int sum = 0;
            await BeginAsync(context);
            await foreach (StreamingInputCallRequest request in requestStream.ReadAllAsync(context.CancellationToken))
            {
                CheckCompression(request, request.ExpectCompressed);
                sum += request.Payload.Body.Length;
            }

            return new StreamingInputCallResponse { AggregatedPayloadSize = sum };
        });

    public override Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream,
        IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context) => WatchAsync(async () =>
        {
            await BeginAsync(context);
            await foreach (StreamingOutputCallRequest request in requestStream.ReadAllAsync(context.CancellationToken))
            {
                ThrowIfAsked(request.ResponseStatus);
                await RespondAsync(request, responseStream, context);
            }

            return true;
        });

    private static async Task BeginAsync(ServerCallContext context)
    {
        Metadata initial = [];
        foreach (Metadata.Entry entry in context.RequestHeaders)
        {
            switch (entry.Key)
            {
                case InitialKey:
                    initial.Add(entry.Key, entry.Value);
                    break;
                case TrailingKey:
                    context.ResponseTrailers.Add(entry.Key, entry.ValueBytes);
                    break;
            }
        }

        if (initial.Count > 0)
        {
            await context.WriteResponseHeadersAsync(initial);
        }
    }

    private static async Task RespondAsync(StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responses, ServerCallContext context)
    {
        foreach (ResponseParameters parameters in request.ResponseParameters)
        {
            if (parameters.IntervalUs > 0)
            {
                await Task.Delay(TimeSpan.FromMicroseconds(parameters.IntervalUs), TimeProvider.System, context.CancellationToken);
            }

            responses.WriteOptions = Compression(parameters.Compressed);
            await responses.WriteAsync(new StreamingOutputCallResponse { Payload = Zeros(parameters.Size) });
        }
    }

    // The server compresses for every client that accepts it, so what nobody asked for is switched off one by one.
    private static WriteOptions Compression(BoolValue? isWanted) => new(isWanted is { Value: true } ? default : WriteFlags.NoCompress);

    private static Payload Zeros(int size) => new() { Body = UnsafeByteOperations.UnsafeWrap(new byte[size]) };

    private static void ThrowIfAsked(EchoStatus? status)
    {
        if (status is { Code: not 0 })
        {
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
        }
    }

    private async Task<T> WatchAsync<T>(Func<Task<T>> handle)
    {
        Interlocked.Increment(ref _running);
        try
        {
            return await handle();
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private void CheckCompression(object request, BoolValue? expected)
    {
        if (expected is not null && expected.Value != _marks.WasCompressed(request))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The request was not compressed as it says."));
        }
    }
}
