// SPDX-License-Identifier: Apache-2.0
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>The statuses that the server itself gives.</summary>
internal static class ServerStatuses
{
    public static readonly Status UnknownMethod = new(StatusCode.Unimplemented, "The method is not implemented.");
    public static readonly Status NoWebClientStreaming = new(StatusCode.Unimplemented, "gRPC-Web has no client streaming.");
    public static readonly Status UnknownEncoding = new(StatusCode.Unimplemented, "The message encoding is not supported.");
    public static readonly Status MalformedTimeout = new(StatusCode.Internal, "Malformed grpc-timeout.");
    public static readonly Status MalformedMetadata = new(StatusCode.Internal, "Malformed binary metadata.");
    public static readonly Status UnsendableTrailers = new(StatusCode.Internal, "The handler set trailers that cannot be sent.");
    public static readonly Status HandlerFailed = new(StatusCode.Unknown, "The handler failed.");
    public static readonly Status ClientCancelled = new(StatusCode.Cancelled, "The call was cancelled.");
    public static readonly Status DeadlineExceeded = new(StatusCode.DeadlineExceeded, "The deadline passed.");
    public static readonly Status ShuttingDown = new(StatusCode.Unavailable, "The server is shutting down.");
    public static readonly Status ConnectionTooOld = new(StatusCode.Unavailable, "The connection is too old; connect again.");
    public static readonly Status WriteTimedOut = new(StatusCode.Cancelled, "The client did not read in time.");

    public static Status Of(CancelReason reason) => reason switch
    {
        CancelReason.Deadline => DeadlineExceeded,
        CancelReason.Shutdown => ShuttingDown,
        CancelReason.ConnectionAge => ConnectionTooOld,
        CancelReason.WriteTimeout => WriteTimedOut,
        _ => ClientCancelled,
    };
}
