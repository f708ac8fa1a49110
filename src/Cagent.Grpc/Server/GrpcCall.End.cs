// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Grpc.Http2;
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Server;

/// <summary>Deadline and end of a call.</summary>
internal sealed partial class GrpcCall
{
    private void StartDeadline()
    {
        string text = _request.Headers.GrpcTimeout.ToString();
        if (text.Length == 0)
        {
            return;
        }

        if (!GrpcTimeout.TryParse(text, out TimeSpan timeout))
        {
            throw new RpcException(ServerStatuses.MalformedTimeout);
        }

        if (timeout > GrpcTimeout.MaxTimer)
        {
            return;
        }

        _deadline = _environment.Time.GetUtcNow().UtcDateTime + timeout;
        _expiry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _deadlineTimer = _environment.Time.CreateTimer(static state => _ = ((GrpcCall)state!).ExpireAsync(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The deadline passed while the handler runs: the client gets its status now, the handler its cancelled token.</summary>
    private async Task ExpireAsync()
    {
        // Before writes are refused, which asks for the reason.
        _cancellation.NoteReason(CancelReason.Deadline);
        Response.RefuseWrites();

        // If a write is running, the handler ends with DEADLINE_EXCEEDED after it.
        Task completing = Response.TryEnd(ResponseState.Expired) == ResponseState.Idle ? CompleteExpiredAsync() : Task.CompletedTask;

        // Not after the completion: a client that does not read would keep the handler from its token.
        _cancellation.Cancel(CancelReason.Deadline);
        await completing.ConfigureAwait(false);
    }

    private async Task CompleteExpiredAsync()
    {
        try
        {
            WriteStatus(ServerStatuses.DeadlineExceeded);
            Task completing = _features.GetRequiredFeature<IHttpResponseBodyFeature>().CompleteAsync();
            if (!completing.IsCompleted)
            {
                // Behind bytes that the client has no credit for.
                await completing.WaitAsync(_environment.WriteTimeout, _environment.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            // The response is whole; the client need not send the rest of its request. The reset aborts the stream.
            Reset(completing.IsCompletedSuccessfully ? (int)Http2ErrorCode.NoError : (int)Http2ErrorCode.Cancel);
            await completing.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            GrpcLog.DeadlineCompletionFailed(_environment.Logger, e, _handler.Path);
        }
        finally
        {
            _expiry!.TrySetResult();
        }
    }

    /// <summary>Ends the response exactly once, whoever comes first.</summary>
    private async ValueTask<Status> EndAsync(Status status)
    {
        ResponseState found;
        while ((found = Response.TryEnd(ResponseState.Ended)) == ResponseState.Busy)
        {
            // Handler and write may end together: then the next round ends the response.
            if (Response.TryLeaveBehind())
            {
                GrpcLog.UnfinishedWrite(_environment.Logger, _handler.Path);
                Reset((int)Http2ErrorCode.InternalError);
                return status;
            }
        }

        if (found == ResponseState.Idle)
        {
            return WriteStatus(status);
        }

        if (found == ResponseState.Expired)
        {
            // Over HTTP/1.1 Kestrel uses the features again as soon as we return, so the expiry must be done with them.
            await _expiry!.Task.ConfigureAwait(false);
            return ServerStatuses.DeadlineExceeded;
        }

        return status;
    }

    /// <summary>Puts the status where it belongs: into the headers when nothing was sent, else into the trailers.</summary>
    private Status WriteStatus(Status status)
    {
        IHeaderDictionary target = _httpResponse.HasStarted || Response.HasBody
            ? _features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : _httpResponse.Headers;
        if (_responseTrailers is { Count: > 0 } trailers && !TryWriteTrailers(trailers, target))
        {
            status = ServerStatuses.UnsendableTrailers;
        }

        target.GrpcStatus = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (status.Detail.Length > 0)
        {
            target.GrpcMessage = PercentEncoding.Encode(status.Detail);
        }

        return status;
    }

    private bool TryWriteTrailers(Metadata trailers, IHeaderDictionary target)
    {
        try
        {
            HeaderMetadata.Write(trailers, target);
            return true;
        }
        catch (ArgumentException e)
        {
            GrpcLog.UnsendableTrailers(_environment.Logger, e, _handler.Path);
            return false;
        }
    }
}
