// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.Audit;

/// <summary>Log events 1500 to 1599. No event repeats text of a request.</summary>
internal static partial class AuditLog
{
    [LoggerMessage(1500, LogLevel.Debug, "Envoy opened an access-log stream {Log}.")]
    public static partial void StreamOpened(ILogger logger, string log);

    [LoggerMessage(1501, LogLevel.Warning, "The access log cannot keep up: {Count} of the oldest entries were dropped since the last report.")]
    public static partial void EntriesDropped(ILogger logger, long count);

    [LoggerMessage(1502, LogLevel.Error, "Writing the access log {Path} failed; entries are lost until it works again.")]
    public static partial void WriteFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(1503, LogLevel.Information, "Writing the access log {Path} works again; {Count} entries were lost.")]
    public static partial void WriteRecovered(ILogger logger, string path, long count);
}
