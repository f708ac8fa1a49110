// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Cagent.Grpc.Http2;
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Server;

/// <summary>The course of a call: begin, read, run, end exactly once.</summary>
internal sealed partial class GrpcCall : IResponseOwner
{
    private const string Identity = "identity";
    private const string AcceptedEncodings = "identity,gzip";

    // Set before the timer starts; completes when the expiry has let go of the response.
    private TaskCompletionSource? _expiry;
    private ITimer? _deadlineTimer;

    // Whether the server's open streams name this call.
    private bool _isListed;

    /// <summary>Runs the call to its end. Never throws: every outcome is a status or a reset.</summary>
    public async Task RunAsync()
    {
        long started = _environment.Metrics.Started(_handler.Name);
        Activity? span = ServerSpan.Start(_handler.Name, _request.Headers, _features);
        Status status;
        try
        {
            Begin();
            await _handler.InvokeAsync(this).ConfigureAwait(false);
            status = StatusCore;
        }
        catch (Exception e)
        {
            status = ToStatus(e);
        }

        status = await EndAsync(status).ConfigureAwait(false);
        Dispose();
        ServerSpan.End(span, status.StatusCode);
        _environment.Metrics.Ended(_handler.Name, status.StatusCode, started);
    }

    public ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        CancellationToken callToken = _cancellation.Token;
        return !cancellationToken.CanBeCanceled || cancellationToken == callToken
            ? ReadCoreAsync(marshaller, callToken)
            : ReadEitherAsync(marshaller, callToken, cancellationToken);
    }

    public ValueTask<T> ReadSingleAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        try
        {
            return _reader!.TryReadSingle(marshaller.ContextualDeserializer, out T? message)
                ? new ValueTask<T>(message)
                : ReadSingleCoreAsync(marshaller);
        }
        catch (IOException e)
        {
            throw StreamIsGone(e);
        }
    }

    /// <summary>Ends the running read of a request.</summary>
    public void CancelRead()
    {
        try
        {
            _reader!.CancelRead();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The transport has aborted the request already, which ends the read too.
        }
    }

    public Task WriteLastAsync<T>(T response, Marshaller<T> marshaller)
        where T : class
    {
        if (StatusCore.StatusCode != StatusCode.OK)
        {
            return Task.CompletedTask;
        }

        return response is null
            ? throw new InvalidOperationException("The handler returned no response.")
            : Response.WriteLastAsync(response, marshaller.ContextualSerializer, WriteOptionsCore);
    }

    public void Reset(int errorCode) => _features.Get<IHttpResetFeature>()?.Reset(errorCode);

    public void OnWriteTimeout()
    {
        GrpcLog.WriteTimedOut(_environment.Logger, _handler.Path, PeerCore, _environment.WriteTimeout);
        _environment.Metrics.WriteTimedOut(_handler.Name);
        Response.TryBreak();
        _cancellation.NoteReason(CancelReason.WriteTimeout);
        Reset((int)Http2ErrorCode.Cancel);
    }

    public OperationCanceledException StreamIsGone(Exception? cause)
    {
        // The transport may tell the reader or writer before it cancels the token.
        _cancellation.Cancel(CancelReason.Client);
        return new OperationCanceledException(ServerStatuses.Of(_cancellation.Reason).Detail, cause);
    }

    public Exception WriteAfterEnd() => _cancellation.Reason == CancelReason.None
        ? new InvalidOperationException("The call is over.")
        : new OperationCanceledException(ServerStatuses.Of(_cancellation.Reason).Detail);

    private void Begin()
    {
        IHeaderDictionary headers = _httpResponse.Headers;
        headers.ContentType = GrpcContentType.Response;
        string requestEncoding = _request.Headers.GrpcEncoding.ToString();
        bool isGzip = requestEncoding.Equals(GzipCodec.Name, StringComparison.Ordinal);
        if (!isGzip && requestEncoding.Length > 0 && !requestEncoding.Equals(Identity, StringComparison.Ordinal))
        {
            // Only here, where the specification asks for it: on each response it would be 1 % of a small call.
            headers.GrpcAcceptEncoding = AcceptedEncodings;
            throw new RpcException(ServerStatuses.UnknownEncoding);
        }

        _reader = new MessageReader(_features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader, _handler.MaxReceiveMessageSize, isGzip);
        if (_environment.CompressResponses && AcceptsGzip())
        {
            headers.GrpcEncoding = GzipCodec.Name;
            Response.IsCompressing = true;
        }

        if (!_handler.IsUnary && !(_isListed = _environment.Streams.TryAdd(this)))
        {
            throw new RpcException(ServerStatuses.ShuttingDown);
        }

        StartDeadline();
    }

    private bool AcceptsGzip()
    {
        foreach (string? value in _request.Headers.GrpcAcceptEncoding)
        {
            foreach (Range part in value.AsSpan().Split(','))
            {
                if (value.AsSpan(part).Trim().Equals(GzipCodec.Name, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // The end of the call ends the read by itself: no linked source for each message.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T?> ReadEitherAsync<T>(Marshaller<T> marshaller, CancellationToken callToken, CancellationToken cancellationToken)
        where T : class
    {
        using CancellationTokenRegistration ended = callToken.UnsafeRegister(static call => ((GrpcCall)call!).CancelRead(), this);
        return await ReadCoreAsync(marshaller, cancellationToken).ConfigureAwait(false);
    }

    // Pooled, as every read below it: a stream that waits for its next message would allocate a state machine per layer.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T?> ReadCoreAsync<T>(Marshaller<T> marshaller, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await _reader!.ReadAsync(marshaller.ContextualDeserializer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw StreamIsGone(e);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T> ReadSingleCoreAsync<T>(Marshaller<T> marshaller)
        where T : class
    {
        // Without a deadline nothing but the end of the stream can end this read, and that ends it without a token.
        CancellationToken token = _deadlineTimer is null ? CancellationToken.None : _cancellation.Token;
        try
        {
            return await _reader!.ReadSingleAsync(marshaller.ContextualDeserializer, token).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw StreamIsGone(e);
        }
    }

    private Status ToStatus(Exception exception)
    {
        CancelReason reason = _cancellation.Reason;
        switch (exception)
        {
            case RpcException rpc:
                GrpcLog.CallFailed(_environment.Logger, rpc, _handler.Path, rpc.StatusCode);
                AddTrailers(rpc.Trailers);
                return rpc.Status;

            // Kestrel's exception for an HTTP/1.1 connection that went away is a kind of cancellation too.
            case OperationCanceledException:
            case IOException when reason != CancelReason.None:
                GrpcLog.CallCancelled(_environment.Logger, _handler.Path, reason);
                return ServerStatuses.Of(reason);

            default:
                GrpcLog.HandlerFailed(_environment.Logger, exception, _handler.Path);
                return ServerStatuses.HandlerFailed;
        }
    }

    private void AddTrailers(Metadata trailers)
    {
        // A handler may fail with the context's own, which are there already.
        if (ReferenceEquals(trailers, _responseTrailers))
        {
            return;
        }

        foreach (Metadata.Entry entry in trailers)
        {
            ResponseTrailersCore.Add(entry);
        }
    }
}
