// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.ExtAuthz;

/// <summary>Log events 1300 to 1399.</summary>
internal static partial class ExtAuthzLog
{
    [LoggerMessage(1300, LogLevel.Debug, "denied {Request}: {Reason} (entry {Entry})")]
    public static partial void Denied(this ILogger logger, string request, string reason, string? entry);

    [LoggerMessage(1301, LogLevel.Warning, "took back {Slots} streams and {Connections} connections of agent {Agent}, of whose end the proxy said nothing")]
    public static partial void SlotsReclaimed(this ILogger logger, int slots, int connections, string agent);
}
