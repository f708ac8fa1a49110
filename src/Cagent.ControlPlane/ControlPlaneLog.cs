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

    [LoggerMessage(1220, LogLevel.Information, "Envoy {Version} runs as pid {Pid}")]
    internal static partial void EnvoyRunning(ILogger logger, Version version, int pid);

    [LoggerMessage(1221, LogLevel.Information, "adopted the running Envoy, pid {Pid}")]
    internal static partial void EnvoyAdopted(ILogger logger, int pid);

    [LoggerMessage(1222, LogLevel.Information, "ending Envoy pid {Pid} of an earlier run: {Reason}")]
    internal static partial void EnvoyReplaced(ILogger logger, int pid, string reason);

    [LoggerMessage(1223, LogLevel.Warning, "Envoy pid {Pid} exited with code {ExitCode} after {Seconds:0.0} s; starting it again in {Delay} (attempt {Attempt}). Its last words: {LastLines}")]
    internal static partial void EnvoyExited(ILogger logger, int pid, int? exitCode, double seconds, TimeSpan delay, int attempt, string lastLines);

    [LoggerMessage(1224, LogLevel.Error, "Envoy does not stay up: {Attempt} starts failed, the last with code {ExitCode}; nothing passes. Its last words: {LastLines}")]
    internal static partial void EnvoyCrashLoop(ILogger logger, int attempt, int? exitCode, string lastLines);

    [LoggerMessage(1225, LogLevel.Warning, "Envoy {Version} at {Path} is older than {Tested}, which this cagent is tested with; it may reject resources")]
    internal static partial void EnvoyIsOld(ILogger logger, Version version, string path, Version tested);

    [LoggerMessage(1226, LogLevel.Information, "Envoy pid {Pid} is stopped")]
    internal static partial void EnvoyStopped(ILogger logger, int pid);

    [LoggerMessage(EventId = 1227, Message = "envoy[{Component}] {Text}")]
    internal static partial void EnvoyLine(ILogger logger, LogLevel level, string component, string text);

    [LoggerMessage(1228, LogLevel.Warning, "Envoy's log {Path} cannot be read: {Reason}")]
    internal static partial void EnvoyLogUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(1229, LogLevel.Warning, "Envoy logs faster than it is read: {Bytes} bytes skipped, see envoy.log")]
    internal static partial void EnvoyLogSkipped(ILogger logger, long bytes);

    [LoggerMessage(1230, LogLevel.Error, "Envoy could not be started (attempt {Attempt}): {Reason}")]
    internal static partial void EnvoyStartFailed(ILogger logger, int attempt, string reason);

    [LoggerMessage(1231, LogLevel.Error, "an observer of Envoy's state failed")]
    internal static partial void EnvoyObserverFailed(ILogger logger, Exception exception);

    [LoggerMessage(1232, LogLevel.Warning, "the pid file of Envoy could not be written, so a restarted control plane will restart Envoy too: {Reason}")]
    internal static partial void EnvoyPidFileNotWritten(ILogger logger, string reason);

    [LoggerMessage(1233, LogLevel.Warning, "Envoy wrote to its standard error after its start; that is not shown, because the report of a crash repeats the headers of requests")]
    internal static partial void EnvoyOutputHidden(ILogger logger);

    [LoggerMessage(1234, LogLevel.Warning, "Envoy {Version} at {Path} is below the security floor ({Floor}) and runs all the same: --allow-vulnerable-envoy")]
    internal static partial void EnvoyRunBelowFloor(ILogger logger, string version, string path, string floor);

    [LoggerMessage(1235, LogLevel.Warning, "node {Node} is served all the same (--allow-vulnerable-envoy): {Reason}")]
    internal static partial void EnvoyServedBelowFloor(ILogger logger, string node, string reason);

    [LoggerMessage(1240, LogLevel.Information, "ended {Tunnels} tunnels of {Cluster} in {Milliseconds} ms")]
    internal static partial void TunnelsCut(ILogger logger, long tunnels, string cluster, long milliseconds);

    [LoggerMessage(1241, LogLevel.Warning, "{Tunnels} tunnels of {Cluster} are still open after {Milliseconds} ms; trying on")]
    internal static partial void TunnelsRemain(ILogger logger, long tunnels, string cluster, long milliseconds);

    [LoggerMessage(1242, LogLevel.Error, "{Tunnels} tunnels of {Cluster} could not be ended in {Milliseconds} ms; restart Envoy to end them")]
    internal static partial void TunnelsNotCut(ILogger logger, long tunnels, string cluster, long milliseconds);

    [LoggerMessage(1250, LogLevel.Error, "{Diagnostic}")]
    internal static partial void PolicyInvalid(ILogger logger, string diagnostic);

    [LoggerMessage(1251, LogLevel.Warning, "{Diagnostic}")]
    internal static partial void PolicyWarning(ILogger logger, string diagnostic);

    [LoggerMessage(1269, LogLevel.Warning, "{Count} more {Code} in {File}; cagent validate lists them all")]
    internal static partial void MoreAlike(ILogger logger, int count, string code, string file);

    [LoggerMessage(1252, LogLevel.Error, "{File} was not loaded; revision {Revision} keeps serving")]
    internal static partial void PolicyNotLoaded(ILogger logger, string file, string revision);

    [LoggerMessage(1253, LogLevel.Information, "revision {Revision} published ({Entries} entries)")]
    internal static partial void RevisionPublished(ILogger logger, string revision, int entries);

    [LoggerMessage(1254, LogLevel.Information, "revision {Revision} is effective on {Nodes} Envoy(s) after {Milliseconds} ms")]
    internal static partial void RevisionEffective(ILogger logger, string revision, int nodes, long milliseconds);

    [LoggerMessage(1255, LogLevel.Warning, "revision {Revision} is not accepted by every Envoy after {Seconds} s; still waiting")]
    internal static partial void RevisionSlow(ILogger logger, string revision, long seconds);

    [LoggerMessage(1256, LogLevel.Error, "Envoy {Node} refused {Type} [{Resources}]: {Text}")]
    internal static partial void Nacked(ILogger logger, string node, string type, string resources, string text);

    [LoggerMessage(1257, LogLevel.Warning, "the last good revision {Revision} serves")]
    internal static partial void ServingLastGood(ILogger logger, string revision);

    [LoggerMessage(1258, LogLevel.Error, "revision {Revision} was refused by an Envoy before and is not published again; change the policy")]
    internal static partial void RevisionRejectedBefore(ILogger logger, string revision);

    [LoggerMessage(1259, LogLevel.Warning, "the kept revision {Revision} does not load with this version of Cagent")]
    internal static partial void LastGoodDoesNotLoad(ILogger logger, string revision);

    [LoggerMessage(1260, LogLevel.Debug, "cutting tunnels for revision {Revision} ended with the process")]
    internal static partial void RevocationEnded(ILogger logger, string revision);

    [LoggerMessage(1261, LogLevel.Warning, "cannot write {File}: {Problem}")]
    internal static partial void StatusNotWritten(ILogger logger, string file, string problem);

    [LoggerMessage(1262, LogLevel.Information, "entries of revision {Revision} have expired; revision {Renewed} serves without them")]
    internal static partial void EntriesExpired(ILogger logger, string revision, string renewed);

    [LoggerMessage(1263, LogLevel.Warning, "agent {Agent} is in quarantine by an operator: {Reason}")]
    internal static partial void AgentQuarantined(ILogger logger, string agent, string reason);

    [LoggerMessage(1264, LogLevel.Warning, "agent {Agent} is released from the operator's quarantine")]
    internal static partial void AgentReleased(ILogger logger, string agent);
}
