// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Client.Calls;

/// <summary>Deadline, cancellation and end of a call.</summary>
internal sealed partial class ClientCall<TRequest, TResponse>
{
    private readonly Lock _lock = new();

    // Guarded by _lock; the first end counts.
    private Status? _status;
    private Metadata _trailers = Metadata.Empty;

    private CancellationTokenRegistration _closedRegistration;
    private CancellationTokenRegistration _callerRegistration;
    private ITimer? _deadlineTimer;
    private volatile bool _isExpired;

    private bool IsEnded
    {
        get
        {
            lock (_lock)
            {
                return _status is not null;
            }
        }
    }

    public Status GetStatus()
    {
        lock (_lock)
        {
            return _status ?? throw new InvalidOperationException("The call is not over.");
        }
    }

    public Metadata GetTrailers()
    {
        lock (_lock)
        {
            return _status is null ? throw new InvalidOperationException("The call is not over.") : _trailers;
        }
    }

    /// <summary>Ends the call from this side.</summary>
    public void Cancel()
    {
        End(_isExpired ? ClientStatuses.DeadlineExceeded : ClientStatuses.Cancelled, []);

        // Also when another thread is about to: the body must know of the end before the transport cancels it.
        _body?.End();
        _cancellation.Cancel();

        // Resets the stream also when no read is pending that the token would cancel.
        _response?.Dispose();
    }

    public void Dispose() => Cancel();

    /// <summary>
    /// The exception of a write that failed: the status of the call where it is known. Where the library reads the response it soon is;
    /// in a bidirectional call it may lie behind responses that nobody has read yet.
    /// </summary>
    public async Task<RpcException> WriteFailedAsync(Exception cause)
    {
        if (cause is IOException && _single is not null)
        {
            await _single.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (_lock)
        {
            return _status is { } status ? new RpcException(status, _trailers)
                : new RpcException(cause is IOException ? ClientStatuses.StreamIsGone : Translate(cause));
        }
    }

    private void End(Status status, Metadata trailers)
    {
        if (status.StatusCode == StatusCode.OK && !_hasMessage && (_method.Type is MethodType.Unary or MethodType.ClientStreaming))
        {
            status = ClientStatuses.NoResponse;
        }

        lock (_lock)
        {
            if (_status is not null)
            {
                return;
            }

            _status = status;
            _trailers = trailers;
        }

        Release();
        if (!_headers.Task.IsCompleted && _headers.TrySetException(new RpcException(status, trailers)))
        {
            // Nobody need look at the headers; reading the exception marks it as seen.
            _ = _headers.Task.Exception;
        }

        _body?.End();
        CloseReader();
        if (_isCommitted || status.StatusCode == StatusCode.OK)
        {
            _retry.Ended(status);
        }

        _span?.End(status);
        _channel.Metrics.Ended(_name, status.StatusCode, _channel.Options.TimeProvider.GetElapsedTime(_startedAt));
    }

    /// <summary>Listens to the tokens that outlive the call.</summary>
    private void WatchTokens()
    {
        _closedRegistration = _channel.ClosedToken.UnsafeRegister(static state => ((ClientCall<TRequest, TResponse>)state!).Cancel(), this);
        _callerRegistration = _options.CancellationToken.UnsafeRegister(static state => ((ClientCall<TRequest, TResponse>)state!).Cancel(), this);
    }

    private void Release()
    {
        _deadlineTimer?.Dispose();
        _closedRegistration.Unregister();
        _callerRegistration.Unregister();
    }

    private void CloseReader()
    {
        // A running read does it at its end: nobody else may touch the buffers until then.
        if (Interlocked.Exchange(ref _readState, Closed) == Idle)
        {
            _reader?.Complete();
        }
    }

    private void ThrowUnlessOk()
    {
        Status status = GetStatus();
        if (status.StatusCode != StatusCode.OK)
        {
            throw new RpcException(status, GetTrailers());
        }
    }

    private Status Translate(Exception exception)
    {
        if (_isExpired)
        {
            return ClientStatuses.DeadlineExceeded;
        }

        return _cancellation.IsCancellationRequested ? ClientStatuses.Cancelled : ClientStatuses.FromException(exception);
    }

    /// <summary>Arms the deadline; false when it has passed already.</summary>
    private bool StartDeadline()
    {
        if (TimeLeft() is not { } left || left > GrpcTimeout.MaxTimer)
        {
            return true;
        }

        if (left <= TimeSpan.Zero)
        {
            Expire();
            return false;
        }

        _deadlineTimer = _channel.Options.TimeProvider.CreateTimer(
            static state => ((ClientCall<TRequest, TResponse>)state!).Expire(), this, left, Timeout.InfiniteTimeSpan);
        return true;
    }

    private void Expire()
    {
        _isExpired = true;
        Cancel();
    }

    private TimeSpan? TimeLeft() => _options.Deadline is { } deadline && deadline != DateTime.MaxValue
        ? (deadline.Kind == DateTimeKind.Local ? deadline.ToUniversalTime() : deadline) - _channel.Options.TimeProvider.GetUtcNow().UtcDateTime
        : null;
}
