// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Client.Calls;

/// <summary>Starts the four kinds of calls on a channel.</summary>
internal sealed class HttpCallInvoker(HttpChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using AsyncUnaryCall<TResponse> call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        ClientCall<TRequest, TResponse> call = Start(method, host, options, request);
        return new AsyncUnaryCall<TResponse>(Observed(call.ReadSingleAsync()), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        ClientCall<TRequest, TResponse> call = Start(method, host, options, request);
        return new AsyncServerStreamingCall<TResponse>(
            new ClientResponseStream<TRequest, TResponse>(call), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        (ClientCall<TRequest, TResponse> call, ClientRequestStream<TRequest, TResponse> requests) = StartStreaming(method, host, options);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            requests, Observed(call.ReadSingleAsync()), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        (ClientCall<TRequest, TResponse> call, ClientRequestStream<TRequest, TResponse> requests) = StartStreaming(method, host, options);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            requests, new ClientResponseStream<TRequest, TResponse>(call), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    /// <summary>A call that is disposed of without a look at its response is no unhandled error.</summary>
    private static Task<T> Observed<T>(Task<T> response)
    {
        _ = response.ContinueWith(
            static task => _ = task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return response;
    }

    private ClientCall<TRequest, TResponse> Start<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        ClientCall<TRequest, TResponse> call = new(channel, method, host, options);
        try
        {
            call.Start(new SingleMessageBody(Frame(method, options, call.IsCompressing, request), channel.RetryBudget));
        }
        catch (RpcException e)
        {
            // Too large to send: the outcome of the call, not of its start.
            call.Fail(e.Status);
        }
        catch (Exception e)
        {
            call.Fail(new Status(StatusCode.Internal, "The request could not be serialized.", e));
        }

        return call;
    }

    private (ClientCall<TRequest, TResponse> Call, ClientRequestStream<TRequest, TResponse> Requests) StartStreaming<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        ClientCall<TRequest, TResponse> call = new(channel, method, host, options);
        MessageStreamBody body = new(channel.RetryBudget);
        call.Start(body);
        ClientRequestStream<TRequest, TResponse> requests = new(call, body, method.RequestMarshaller, channel.Options.MaxSendMessageSize)
        {
            WriteOptions = options.WriteOptions,
        };
        return (call, requests);
    }

    private byte[] Frame<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options, bool isCompressing, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        bool compress = isCompressing && ((options.WriteOptions?.Flags ?? default) & WriteFlags.NoCompress) == 0;
        MessageSerializer serializer = new(channel.Options.MaxSendMessageSize);
        try
        {
            return serializer.Serialize(request, method.RequestMarshaller.ContextualSerializer, compress).ToArray();
        }
        finally
        {
            serializer.Release();
        }
    }
}
