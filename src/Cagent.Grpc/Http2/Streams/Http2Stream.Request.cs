// SPDX-License-Identifier: Apache-2.0
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>The request, and the token that its end by force cancels.</summary>
internal sealed partial class Http2Stream : IHttpRequestFeature, IRequestBodyPipeFeature, IHttpRequestLifetimeFeature
{
    // Made when somebody asks; guarded by _abortLock, the flag before it.
    private readonly Lock _abortLock = new();
    private CancellationTokenSource? _aborted;
    private bool _isAborted;

    public string Protocol
    {
        get => HttpProtocol.Http2;
        set => throw new NotSupportedException();
    }

    public string Scheme
    {
        get => _head.Scheme!;
        set => throw new NotSupportedException();
    }

    public string Method
    {
        get => _head.Method!;
        set => throw new NotSupportedException();
    }

    public string PathBase
    {
        get => "";
        set => throw new NotSupportedException();
    }

    public string Path
    {
        get => _head.Path is var path && path!.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? path[..query] : path;
        set => throw new NotSupportedException();
    }

    public string QueryString
    {
        get => _head.Path!.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? _head.Path[query..] : "";
        set => throw new NotSupportedException();
    }

    public string RawTarget
    {
        get => _head.Path!;
        set => throw new NotSupportedException();
    }

    IHeaderDictionary IHttpRequestFeature.Headers
    {
        get => _head.Headers;
        set => throw new NotSupportedException();
    }

    Stream IHttpRequestFeature.Body
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public PipeReader Reader => Request;

    public CancellationToken RequestAborted
    {
        get
        {
            lock (_abortLock)
            {
                if (_aborted is null)
                {
                    _aborted = new CancellationTokenSource();
                    if (_isAborted)
                    {
                        _aborted.Cancel();
                    }
                }

                return _aborted.Token;
            }
        }

        set => throw new NotSupportedException();
    }

    public void Abort() => Reset((int)Http2ErrorCode.Cancel);

    // On the pool: callbacks are the handler's code, and this may be the connection's reader.
    private void CancelRequest()
    {
        lock (_abortLock)
        {
            _isAborted = true;
            if (_aborted is not null)
            {
                ThreadPool.UnsafeQueueUserWorkItem(
                    static state => state.stream.RunCallbacks(state.source), (stream: this, source: _aborted), preferLocal: false);
            }
        }
    }

    private void RunCallbacks(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException e)
        {
            Server.GrpcLog.RequestFailed(_connection.Logger, e, _connection.Id);
        }
    }
}
