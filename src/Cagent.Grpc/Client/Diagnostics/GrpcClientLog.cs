// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Client.Diagnostics;

/// <summary>Log events 1050 to 1099: the client.</summary>
internal static partial class GrpcClientLog
{
    [LoggerMessage(1050, LogLevel.Debug, "Connected to {EndPoint}")]
    public static partial void Connected(ILogger logger, EndPoint endPoint);

    [LoggerMessage(1051, LogLevel.Warning, "No connection to {EndPoint} ({Reason}); next attempt in {Wait}")]
    public static partial void ConnectFailed(ILogger logger, EndPoint endPoint, string reason, TimeSpan wait);

    [LoggerMessage(1052, LogLevel.Debug, "The connection to {EndPoint} ended")]
    public static partial void ConnectionLost(ILogger logger, EndPoint endPoint);

    [LoggerMessage(1053, LogLevel.Warning, "No addresses: {Reason}")]
    public static partial void ResolutionFailed(ILogger logger, string reason);

    [LoggerMessage(1054, LogLevel.Debug, "{Method} is tried again in {Wait} after {StatusCode}")]
    public static partial void Retrying(ILogger logger, string method, TimeSpan wait, StatusCode statusCode);
}
