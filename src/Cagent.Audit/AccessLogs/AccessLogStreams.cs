// SPDX-License-Identifier: Apache-2.0
using Envoy.Service.Accesslog.V3;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Audit.AccessLogs;

/// <summary>Envoy's access-log service: one stream for each log, open as long as Envoy lives.</summary>
internal sealed class AccessLogStreams(AccessLogIntake intake, ILogger<AccessLogStreams> logger) : AccessLogService.AccessLogServiceBase
{
    private const string Unnamed = "unnamed";

    public override async Task<StreamAccessLogsResponse> StreamAccessLogs(IAsyncStreamReader<StreamAccessLogsMessage> requestStream, ServerCallContext context)
    {
        string log = Unnamed;
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            // Only the first message of a stream names the log.
            if (requestStream.Current.Identifier is { } identifier)
            {
                log = LoggedText.Other(identifier.LogName) ?? Unnamed;
                AuditLog.StreamOpened(logger, log);
            }
            intake.Accept(log, requestStream.Current);
        }
        return new StreamAccessLogsResponse();
    }
}
