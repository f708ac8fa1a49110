// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Client;

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
        HttpCall<TRequest, TResponse> call = new(channel, method, host, options);
        call.Start(new MessageContent(Frame(method, options, request)));
        return new AsyncUnaryCall<TResponse>(call.ReadSingleAsync(), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        HttpCall<TRequest, TResponse> call = new(channel, method, host, options);
        call.Start(new MessageContent(Frame(method, options, request)));
        return new AsyncServerStreamingCall<TResponse>(
            new ClientResponseStream<TRequest, TResponse>(call), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        HttpCall<TRequest, TResponse> call = new(channel, method, host, options);
        ClientRequestStream<TRequest, TResponse> requests = StartStreaming(call, method, options);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            requests, call.ReadSingleAsync(), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        HttpCall<TRequest, TResponse> call = new(channel, method, host, options);
        ClientRequestStream<TRequest, TResponse> requests = StartStreaming(call, method, options);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            requests, new ClientResponseStream<TRequest, TResponse>(call), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private ClientRequestStream<TRequest, TResponse> StartStreaming<TRequest, TResponse>(HttpCall<TRequest, TResponse> call, Method<TRequest, TResponse> method, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        StreamContent content = new();
        call.Start(content);
        return new ClientRequestStream<TRequest, TResponse>(call, content, method.RequestMarshaller, channel.Options) { WriteOptions = options.WriteOptions };
    }

    private byte[] Frame<TRequest, TResponse>(Method<TRequest, TResponse> method, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        bool compress = channel.Options.CompressRequests && ((options.WriteOptions?.Flags ?? default) & WriteFlags.NoCompress) == 0;
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
