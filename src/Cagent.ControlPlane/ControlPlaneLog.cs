// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane;

/// <summary>Log messages of this project, event ids 1200 to 1299: 1200 policy source, 1210 revisions, 1220 Envoys.</summary>
internal static partial class ControlPlaneLog
{
    [LoggerMessage(1200, LogLevel.Information, "policy source {Path} changed: {Sha256}")]
    internal static partial void PolicyChanged(ILogger logger, string path, string sha256);

    [LoggerMessage(1201, LogLevel.Warning, "policy source {Path} cannot be read: {Problem}")]
    internal static partial void PolicyUnreadable(ILogger logger, string path, string problem);

    [LoggerMessage(1202, LogLevel.Warning, "no file notifications ({Reason}); changes are found by polling instead")]
    internal static partial void NotificationsUnavailable(ILogger logger, string reason);

    [LoggerMessage(1210, LogLevel.Warning, "the last good revision {Revision} could not be kept: {Reason}")]
    internal static partial void LastGoodNotSaved(ILogger logger, string revision, string reason);

    [LoggerMessage(1211, LogLevel.Warning, "the last good revision in {Path} is ignored: {Reason}")]
    internal static partial void LastGoodDamaged(ILogger logger, string path, string reason);

    [LoggerMessage(1212, LogLevel.Warning, "the rejected revisions could not be kept: {Reason}")]
    internal static partial void RejectedNotSaved(ILogger logger, string reason);

    [LoggerMessage(1213, LogLevel.Warning, "the rejected revisions in {Path} are ignored: {Reason}")]
    internal static partial void RejectedDamaged(ILogger logger, string path, string reason);
}
