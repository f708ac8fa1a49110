// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.Admin;

/// <summary>Log events 1700 to 1799.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(1700, LogLevel.Error, "cannot append to {File} ({Problem}), so it stands here: {Line}")]
    public static partial void JournalNotWritten(this ILogger logger, string file, string problem, string line);
}
