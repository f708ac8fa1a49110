// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Server;

/// <summary>
/// The token of one call and why it was cancelled. The token is made when someone asks for it:
/// touching <see cref="IHttpRequestLifetimeFeature.RequestAborted"/> allocates, and most unary handlers never look.
/// </summary>
internal sealed class CallCancellation(IFeatureCollection features, CallEnvironment environment, string method)
    : IDisposable
{
    private readonly Lock _lock = new();

    // All guarded by _lock. The source is not disposed: a handler may leave work behind that still holds its token.
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _aborted;
    private CancelReason _reason;
    private bool _isDisposed;

    /// <summary>The first reason; None while nothing has happened.</summary>
    public CancelReason Reason
    {
        get
        {
            lock (_lock)
            {
                return _reason;
            }
        }
    }

    public CancellationToken Token
    {
        get
        {
            lock (_lock)
            {
                return (_source ??= Create()).Token;
            }
        }
    }

    /// <summary>Notes why the transport is about to abort the stream; the abort cancels the token.</summary>
    public void NoteReason(CancelReason reason)
    {
        lock (_lock)
        {
            _reason = _reason == CancelReason.None ? reason : _reason;
        }
    }

    public void Cancel(CancelReason reason)
    {
        CancellationTokenSource? source;
        lock (_lock)
        {
            _reason = _reason == CancelReason.None ? reason : _reason;
            source = _source;
        }

        try
        {
            source?.Cancel();
        }
        catch (AggregateException e)
        {
            // A user's callback failed. This may be a timer's thread, where an exception would end the process.
            GrpcLog.CancellationCallbackFailed(environment.Logger, e, method);
        }
    }

    /// <summary>Lets go of the token that outlives the call.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _aborted.Unregister();
        }
    }

    private CancellationTokenSource Create()
    {
        CancellationTokenSource source = _source = new CancellationTokenSource();
        if (_reason != CancelReason.None || _isDisposed)
        {
            source.Cancel();
            return source;
        }

        _aborted = features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted.UnsafeRegister(static state => ((CallCancellation)state!).Cancel(CancelReason.Client), this);
        return source;
    }
}
