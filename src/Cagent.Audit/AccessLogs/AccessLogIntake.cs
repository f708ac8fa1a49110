// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Budgets;
using Envoy.Data.Accesslog.V3;
using Envoy.Service.Accesslog.V3;

namespace Cagent.Audit.AccessLogs;

/// <summary>Takes Envoy's batches apart: maps, counts, queues, and tells who counts streams. Never waits. Thread safe.</summary>
internal sealed class AccessLogIntake(AccessLogQueue queue, AuditMetrics metrics, TimeProvider time, IEnumerable<IStreamObserver> observers)
{
    private readonly IStreamObserver[] _observers = [.. observers];

    public void Accept(string log, StreamAccessLogsMessage message)
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (HTTPAccessLogEntry entry in message.HttpLogs?.LogEntry ?? [])
        {
            Take(AccessLogMapper.Map(log, entry, now));
            Tell(entry);
        }
        foreach (TCPAccessLogEntry entry in message.TcpLogs?.LogEntry ?? [])
        {
            Take(AccessLogMapper.Map(log, entry, now));
        }
    }

    // Counted before it is queued: the metrics stay whole when the disk is slow.
    private void Take(AccessLogRecord? record)
    {
        if (record is not null)
        {
            metrics.Count(record);
            queue.Add(record);
        }
    }

    private void Tell(HTTPAccessLogEntry entry)
    {
        if (_observers.Length > 0 && AccessLogMapper.TryReport(entry, out StreamReport report))
        {
            foreach (IStreamObserver observer in _observers)
            {
                observer.Observe(report);
            }
        }
    }
}
