// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Http2.Output;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Http2.Streams;

/// <summary>
/// One request and its response, as the features that the application works on. It is made for one call and never used again: what a handler leaves behind
/// cannot touch another call.
/// </summary>
#pragma warning disable CA1001 // The source of the token is not disposed: a handler may leave work behind that still holds it.
internal sealed partial class Http2Stream : IThreadPoolWorkItem
#pragma warning restore CA1001
{
    private readonly Http2Connection _connection;
    private readonly RequestHead _head;
    private readonly ResponseBody _response;
    // Idle, ready, over.
    private const int Ready = 1;
    private const int Over = 2;
    private int _isReady;

    public Http2Stream(Http2Connection connection, int id, RequestHead head, int sendWindow)
    {
        Id = id;
        _connection = connection;
        _head = head;
        Request = new RequestBody(this);
        Sender = new StreamSender(this, sendWindow);
        _response = new ResponseBody(this);
    }

    public int Id { get; }

    public StreamSender Sender { get; }

    public RequestBody Request { get; }

    public ReceiveWindow Window { get; } = new(Http2Limits.StreamWindow);

    /// <summary>Whether the client has ended its half. Written by the connection's reader under the lock.</summary>
    public bool IsRequestOver { get; set; }

    /// <summary>Whether either side has reset the stream, or its connection is gone. Written under the lock.</summary>
    public bool IsReset { get; private set; }

    /// <summary>When the handler ended, as a time stamp; null while it runs. Guarded by the lock.</summary>
    public long? HandlerEnded { get; set; }

    public long? ContentLength => _head.ContentLength;

    private ConnectionOutput Output => _connection.Output;

    /// <summary>The handler will run or go on now.</summary>
    public void SetReady()
    {
        if (Interlocked.CompareExchange(ref _isReady, Ready, 0) == 0)
        {
            Output.AddReady();
        }
    }

    /// <summary>The handler waits for its client.</summary>
    public void OnReaderWaits() => ClearReady();

    /// <summary>The handler has looked at bytes of its request.</summary>
    public void OnExamined(int count) => _connection.GiveCredit(this, count);

    /// <summary>The end of the response is framed. The connection's lock is held.</summary>
    public void OnResponseOut() => _connection.OnResponseOut(this);

    /// <summary>Ends both directions at once. The connection's lock is held; <see cref="EndReset"/> follows outside it.</summary>
    public bool TryReset()
    {
        if (IsReset)
        {
            return false;
        }

        IsReset = true;
        Output.Drop(Sender);
        return true;
    }

    /// <summary>Tells the handler that its stream is gone.</summary>
    public void EndReset()
    {
        Request.Fail(new IOException("The stream was reset."));
        CancelRequest();
    }

    /// <summary>No handler works on the stream, or none any more: what it holds goes back.</summary>
    public void Abandon()
    {
        if (Interlocked.Exchange(ref _isReady, Over) == Ready)
        {
            Output.RemoveReady();
        }

        try
        {
            _response.Release();
            OnExamined(Request.Close());
        }
        finally
        {
            _connection.OnHandlerEnded(this);
        }
    }

    /// <summary>Runs the handler.</summary>
    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        IHttpApplication<IFeatureCollection> application = _connection.Application;
        Exception? failure = null;
        IFeatureCollection context = application.CreateContext(this);
        try
        {
            await application.ProcessRequestAsync(context).ConfigureAwait(false);
            ClearReady();
            EndResponse();
        }
        catch (Exception e)
        {
            failure = e;
        }

        application.DisposeContext(context, failure);
        ClearReady();
        if (failure is not null)
        {
            // A call turns every failure into a status, so this is a mistake of this library.
            Server.GrpcLog.RequestFailed(_connection.Logger, failure, _connection.Id);
            Reset((int)Http2ErrorCode.InternalError);
        }

        Abandon();
    }

    private bool ClearReady()
    {
        if (Interlocked.CompareExchange(ref _isReady, 0, Ready) != Ready)
        {
            return false;
        }

        Output.RemoveReady();
        return true;
    }
}
