// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using System.Net;
using Cagent.Grpc.Client.Connections;
using Cagent.Grpc.Client.Diagnostics;
using Cagent.Grpc.Client.Retries;
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Client.Calls;

/// <summary>One call: its attempts, its response, and its end. This part starts it and reads it.</summary>
internal sealed partial class ClientCall<TRequest, TResponse> : IDisposable
    where TRequest : class
    where TResponse : class
{
    private const int Idle = 0;
    private const int Reading = 1;
    private const int Closed = 2;

    private readonly HttpChannel _channel;
    private readonly Method<TRequest, TResponse> _method;
    private readonly CallOptions _options;
    private readonly CallRequest _request;
    private readonly CallRetry _retry;
    private readonly ClientSpan? _span;
    private readonly string _name;
    private readonly long _startedAt;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Cancelled by the caller, the deadline, the channel or Dispose: ends the HTTP exchange.
    private readonly CancellationTokenSource _cancellation = new();

    private RequestBody? _body;
    private Task _started = Task.CompletedTask;

    // The read of the only response, of the kinds that have one.
    private Task? _single;
    private HttpResponseMessage? _response;
    private MessageReader? _reader;

    // Idle <-> Reading; Closed, for good, by the end of the call. Whoever finds it closed while no read runs gives the buffers back.
    private int _readState;
    private volatile bool _hasMessage;

    // Whether a response has begun, so that there will be no other attempt.
    private volatile bool _isCommitted;

    /// <summary>Prepares a call.</summary>
    /// <exception cref="ArgumentException">The metadata cannot be sent.</exception>
    public ClientCall(HttpChannel channel, Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        _channel = channel;
        _method = method;
        _options = options;
        _request = new CallRequest(channel, method.FullName, host, options.Headers);
        _retry = new CallRetry(channel.Options.RetryPolicy?.Invoke(method), channel.RetryTokens, channel.Options.NextRandom);
        _name = method.FullName[1..];
        _startedAt = channel.Options.TimeProvider.GetTimestamp();
        _span = ClientSpan.Start(_name, channel.Target);
        channel.Metrics.Started(_name);
    }

    /// <summary>The response headers.</summary>
    public Task<Metadata> ResponseHeadersAsync => _headers.Task;

    /// <summary>Whether request messages are compressed, unless one is written otherwise.</summary>
    public bool IsCompressing => _request.IsCompressing;

    public void Start(RequestBody body)
    {
        _body = body;
        WatchTokens();
        _started = StartDeadline() ? RunToTheEndAsync(body) : Task.CompletedTask;
        if (IsEnded)
        {
            // Cancelled while the deadline's timer was made: nobody has seen the timer to dispose it.
            Release();
        }
    }

    /// <summary>Ends a call that could not be started.</summary>
    public void Fail(Status status) => End(status, []);

    /// <summary>Reads the only response and the status.</summary>
    public Task<TResponse> ReadSingleAsync()
    {
        Task<TResponse> single = ReadSingleCoreAsync();
        _single = single;
        return single;
    }

    /// <summary>Reads the next response; null when the call ended OK.</summary>
    /// <exception cref="RpcException">The call ended otherwise.</exception>
    public async Task<TResponse?> ReadAsync()
    {
        await _started.ConfigureAwait(false);
        if (_reader is not null && Interlocked.CompareExchange(ref _readState, Reading, Idle) == Idle)
        {
            try
            {
                if (await ReadCoreAsync(_reader).ConfigureAwait(false) is { } response)
                {
                    return response;
                }
            }
            finally
            {
                if (Interlocked.CompareExchange(ref _readState, Idle, Reading) == Closed)
                {
                    _reader.Complete();
                }
            }
        }

        ThrowUnlessOk();
        return null;
    }

    /// <summary>Reads the next response; null when the call has ended.</summary>
    private async Task<TResponse?> ReadCoreAsync(MessageReader reader)
    {
        try
        {
            TResponse? response = await reader.ReadAsync(_method.ResponseMarshaller.ContextualDeserializer, _cancellation.Token).ConfigureAwait(false);
            if (response is not null)
            {
                _hasMessage = true;
                return response;
            }

            // Trailers are there only after the end of the body.
            End(ResponseHeaders.ReadStatus(_response!.TrailingHeaders) ?? ClientStatuses.NoStatus, ResponseHeaders.ReadMetadata(_response.TrailingHeaders));
        }
        catch (RpcException e)
        {
            End(e.Status, e.Trailers);
            Cancel();
        }
#pragma warning disable CA1031 // Whatever the transport fails with: a call without an end would keep its writers waiting.
        catch (Exception e)
#pragma warning restore CA1031
        {
            End(Translate(e), []);
        }

        return null;
    }

    private async Task<TResponse> ReadSingleCoreAsync()
    {
        TResponse? response = await ReadAsync().ConfigureAwait(false);
        if (await ReadAsync().ConfigureAwait(false) is not null)
        {
            End(WireStatuses.MoreThanOneMessage, []);
            Cancel();
            ThrowUnlessOk();
        }

        // An OK without a message has ended the call otherwise.
        return response!;
    }

    /// <summary>Runs the call until its response has begun, or its end. Never throws.</summary>
    private async Task RunToTheEndAsync(RequestBody body)
    {
        try
        {
            await RunAsync(body).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The transport does not always keep to its own exceptions, and writers and readers wait for the end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            End(Translate(e), []);
            Cancel();
        }
    }

    private async Task RunAsync(RequestBody body)
    {
        while (true)
        {
            Attempt attempt = await AttemptAsync(body).ConfigureAwait(false);
            if (attempt.Response is { } response)
            {
                _isCommitted = true;
                body.Commit();
                await AcceptAsync(response, attempt.Metadata).ConfigureAwait(false);
                return;
            }

            if (IsEnded || NextWait(attempt) is not { } wait || !body.TryRewind())
            {
                if (attempt.IsTrailersOnly)
                {
                    _headers.TrySetResult([]);
                }

                End(attempt.Status, attempt.Metadata);
                return;
            }

            await WaitAsync(wait, attempt.Status).ConfigureAwait(false);
        }
    }

    /// <summary>The wait before the next attempt; null when there is none.</summary>
    private TimeSpan? NextWait(Attempt attempt)
    {
        if (_cancellation.IsCancellationRequested)
        {
            return null;
        }

        // What never left this process may be sent again at once: picking waits for a connection, or fails.
        return attempt.WasSent ? _retry.Next(attempt.Status, attempt.Metadata) : TimeSpan.Zero;
    }

    private async Task WaitAsync(TimeSpan wait, Status status)
    {
        // The next attempt sees the cancellation.
        Task waited = wait > TimeSpan.Zero ? Task.Delay(wait, _channel.Options.TimeProvider, _cancellation.Token) : Task.CompletedTask;
        _channel.Metrics.Retried(_name);
        _span?.Retried(_retry.PreviousAttempts, status);
        GrpcClientLog.Retrying(_channel.Logger, _name, wait, status.StatusCode);
        await waited.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<Attempt> AttemptAsync(RequestBody body)
    {
        try
        {
            Subchannel subchannel = await PickAsync().ConfigureAwait(false);
            HttpRequestMessage request = _request.Create(body.CreateContent(), TimeLeft(), _retry.PreviousAttempts, _span);
            HttpResponseMessage response = await subchannel.SendAsync(request, _cancellation.Token).ConfigureAwait(false);
            return Read(response);
        }
        catch (RpcException e)
        {
            return Attempt.Failed(e.Status);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            return FindConnectFailure(e) is { } failure ? Attempt.NotSent(failure.Status) : Attempt.Failed(Translate(e));
        }
    }

    private async ValueTask<Subchannel> PickAsync()
    {
        try
        {
            return await _channel.Connectivity.PickAsync(_options.IsWaitForReady, _cancellation.Token).ConfigureAwait(false);
        }
        catch (ConnectFailedException e)
        {
            // Not a failure to be repeated at once: the channel says that there is nothing to send on.
            throw new RpcException(e.Status);
        }
    }

    private static ConnectFailedException? FindConnectFailure(Exception exception)
    {
        Exception? e = exception;
        while (e is not (null or ConnectFailedException))
        {
            e = e.InnerException;
        }

        return e as ConnectFailedException;
    }

    private static Attempt Read(HttpResponseMessage response)
    {
        Status? status = ResponseHeaders.ReadStatus(response.Headers);
        if (response.StatusCode != HttpStatusCode.OK || !(status is not null || ResponseHeaders.IsGrpc(response.Content.Headers)))
        {
            response.Dispose();
            return Attempt.Failed(status ?? ClientStatuses.FromHttp(response.StatusCode));
        }

        Metadata metadata;
        try
        {
            metadata = ResponseHeaders.ReadMetadata(response.Headers);
        }
        catch (RpcException)
        {
            response.Dispose();
            throw;
        }

        if (status is not { } trailersOnly)
        {
            return Attempt.Answered(response, metadata);
        }

        response.Dispose();
        return Attempt.TrailersOnly(trailersOnly, metadata);
    }

    private async Task AcceptAsync(HttpResponseMessage response, Metadata headers)
    {
        try
        {
            // Before the field is set: a cancellation disposes of what it finds there.
            Stream body = await response.Content.ReadAsStreamAsync(_cancellation.Token).ConfigureAwait(false);
            _reader = new MessageReader(PipeReader.Create(body), _channel.Options.MaxReceiveMessageSize, ResponseHeaders.IsGzip(response.Headers));
            _response = response;
            if (_retry.PreviousAttempts > 0)
            {
                headers.Add(CallRequest.PreviousAttempts, _retry.PreviousAttempts.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            _headers.TrySetResult(headers);
        }
        catch (OperationCanceledException e)
        {
            End(Translate(e), []);
        }

        if (_cancellation.IsCancellationRequested)
        {
            // Cancelled before the field was set: nobody else has seen the response to dispose it.
            response.Dispose();
        }
    }
}
