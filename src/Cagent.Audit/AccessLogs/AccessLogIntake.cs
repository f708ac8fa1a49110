// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Slots;
using Envoy.Data.Accesslog.V3;
using Envoy.Service.Accesslog.V3;

namespace Cagent.Audit.AccessLogs;

/// <summary>Takes Envoy's batches apart: maps, counts, queues, and tells who counts streams, and who counts what is open. Never waits. Thread safe.</summary>
internal sealed class AccessLogIntake(AccessLogQueue queue, AuditMetrics metrics, TimeProvider time, IEnumerable<IStreamObserver> observers, IEnumerable<IHeldStreams> held)
{
    private readonly IStreamObserver[] _observers = [.. observers];
    private readonly IHeldStreams[] _held = [.. held];

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
            // Only that it has ended is of interest: its requests and tunnels are logged one by one.
            if (log == SlotMetadata.ConnectionLog)
            {
                TellOfConnection(entry);
            }
            else
            {
                Take(AccessLogMapper.Map(log, entry, now));
            }
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
        if (!AccessLogMapper.TryReport(entry, out StreamReport report))
        {
            return;
        }

        foreach (IStreamObserver observer in _observers)
        {
            observer.Observe(report);
        }

        foreach (IHeldStreams streams in _held)
        {
            if (report.IsFinal)
            {
                streams.Ended(report.RequestId);
            }
            else
            {
                streams.Alive(report.RequestId);
            }
        }
    }

    private void TellOfConnection(TCPAccessLogEntry entry)
    {
        if (AccessLogMapper.ConnectionIdOf(entry.CommonProperties) is { } id)
        {
            foreach (IHeldStreams streams in _held)
            {
                streams.Disconnected(id);
            }
        }
    }
}
