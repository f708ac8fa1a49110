// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Http2;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Server;

/// <summary>Log events 1000 to 1049: the server and TLS.</summary>
internal static partial class GrpcLog
{
    [LoggerMessage(1000, LogLevel.Information, "gRPC server listens on {EndPoint}")]
    public static partial void Listening(ILogger logger, string endPoint);

    [LoggerMessage(1001, LogLevel.Information, "gRPC server stops")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(1002, LogLevel.Information, "Removed the stale socket file {Path}")]
    public static partial void RemovedStaleSocket(ILogger logger, string path);

    [LoggerMessage(1003, LogLevel.Error, "The handler of {Method} failed")]
    public static partial void HandlerFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(1004, LogLevel.Debug, "{Method} ended with {StatusCode}")]
    public static partial void CallFailed(ILogger logger, Exception exception, string method, StatusCode statusCode);

    [LoggerMessage(1005, LogLevel.Debug, "{Method} was cancelled: {Reason}")]
    public static partial void CallCancelled(ILogger logger, string method, CancelReason reason);

    [LoggerMessage(1006, LogLevel.Warning, "{Method} was reset: {Peer} did not read for {Timeout}")]
    public static partial void WriteTimedOut(ILogger logger, string method, string peer, TimeSpan timeout);

    [LoggerMessage(1007, LogLevel.Error, "The handler of {Method} returned while a write was running; the stream was reset")]
    public static partial void UnfinishedWrite(ILogger logger, string method);

    [LoggerMessage(1008, LogLevel.Error, "A cancellation callback of {Method} failed")]
    public static partial void CancellationCallbackFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(1009, LogLevel.Error, "The handler of {Method} set trailers that cannot be sent")]
    public static partial void UnsendableTrailers(ILogger logger, Exception exception, string method);

    [LoggerMessage(1010, LogLevel.Debug, "{Method} could not be completed after its deadline")]
    public static partial void DeadlineCompletionFailed(ILogger logger, Exception exception, string method);

    [LoggerMessage(1011, LogLevel.Debug, "Connection {ConnectionId} ends with {Code}: {Reason}")]
    public static partial void ConnectionRefused(ILogger logger, string connectionId, Http2ErrorCode code, string reason);

    [LoggerMessage(1012, LogLevel.Debug, "Connection {ConnectionId} is gone")]
    public static partial void ConnectionLost(ILogger logger, Exception exception, string connectionId);

    [LoggerMessage(1013, LogLevel.Error, "A request of connection {ConnectionId} failed outside its handler")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string connectionId);

    [LoggerMessage(1014, LogLevel.Debug, "Connection {ConnectionId} ends: its client does not answer PING")]
    public static partial void ConnectionSilent(ILogger logger, string connectionId);

    [LoggerMessage(1020, LogLevel.Information, "gRPC server ends {Count} streaming calls in {Batches} batches")]
    public static partial void Draining(ILogger logger, int count, int batches);

    [LoggerMessage(1021, LogLevel.Debug, "Connection {ConnectionId} is too old and gets GOAWAY")]
    public static partial void ConnectionAged(ILogger logger, string connectionId);

    [LoggerMessage(1022, LogLevel.Information, "Connection {ConnectionId} is too old and was cut off with its calls")]
    public static partial void ConnectionCut(ILogger logger, string connectionId);

    [LoggerMessage(1030, LogLevel.Information, "{What} loaded from {Path}")]
    public static partial void TlsLoaded(ILogger logger, string what, string path);

    [LoggerMessage(1031, LogLevel.Error, "{What} in {Path} cannot be used; the old stays in use")]
    public static partial void TlsRefused(ILogger logger, Exception exception, string what, string path);
}
