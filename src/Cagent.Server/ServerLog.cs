// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.Server;

/// <summary>Log events 1600 to 1699.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1600, LogLevel.Information, "stopping")]
    public static partial void Stopping(this ILogger logger);

    [LoggerMessage(1601, LogLevel.Information, "stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(1602, LogLevel.Warning, "NO ENVOY: the control plane runs alone and serves no agent until an Envoy attaches")]
    public static partial void NoEnvoy(this ILogger logger);

    [LoggerMessage(1603, LogLevel.Warning, "cannot write {File}: {Problem}")]
    public static partial void StatusNotWritten(this ILogger logger, string file, string problem);

    [LoggerMessage(1604, LogLevel.Warning, "not ready: no Envoy is attached, agents are not served")]
    public static partial void NotReady(this ILogger logger);

    [LoggerMessage(1605, LogLevel.Information, "ready again")]
    public static partial void ReadyAgain(this ILogger logger);

    [LoggerMessage(1606, LogLevel.Warning, "the socket {Socket} was deleted; listening there again")]
    public static partial void SocketGone(this ILogger logger, string socket);
}
