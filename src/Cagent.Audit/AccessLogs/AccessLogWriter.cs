// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cagent.Audit.AccessLogs;

/// <summary>The one writer of the access log. A disk that fails costs entries, counted and reported once, never the process.</summary>
internal sealed class AccessLogWriter : BackgroundService
{
    // One write for each batch; a file is larger than its limit by one record at most.
    private const int MaxBatchBytes = 32 * 1024;
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1);

    private readonly AccessLogQueue _queue;
    private readonly AuditMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<AccessLogWriter> _logger;
    private readonly string _path;
    private readonly RotatingFile _file;
    private readonly ArrayBufferWriter<byte> _lines = new(2 * MaxBatchBytes);
    private long _lost;
    private long _reportedDrops;
    private DateTimeOffset _nextReport;

    public AccessLogWriter(AuditOptions options, AccessLogQueue queue, AuditMetrics metrics, TimeProvider time, ILogger<AccessLogWriter> logger)
    {
        _queue = queue;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _path = Path.Combine(Path.GetFullPath(options.StateFolder), "logs", "access.log");
        _file = new RotatingFile(_path, options.MaxFileBytes, options.MaxFiles);
    }

    public override void Dispose()
    {
        _file.Dispose();
        base.Dispose();
    }

    /// <summary>Ends the loop, then writes what was taken before.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // Here and not in the loop, which does not run at all when the process is stopped right after its start.
        // Counted once: senders that go on must not keep the process alive.
        int left = ExecuteTask is { IsCompleted: false } ? 0 : _queue.Reader.Count;
        while (left > 0 && WriteBatch() is var written and > 0)
        {
            left -= written;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            WriteBatch();
        }
    }

    private int WriteBatch()
    {
        int count = 0;
        _lines.ResetWrittenCount();
        while (_lines.WrittenCount < MaxBatchBytes && _queue.Reader.TryRead(out AccessLogRecord? record))
        {
            AccessLogJson.WriteLine(record, _lines);
            count++;
        }
        if (count > 0)
        {
            Append(count);
            ReportDrops();
        }
        return count;
    }

    private void Append(int count)
    {
        try
        {
            _file.Append(_lines.WrittenSpan);
            if (_lost > 0)
            {
                AuditLog.WriteRecovered(_logger, _path, _lost);
                _lost = 0;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_lost == 0)
            {
                AuditLog.WriteFailed(_logger, _path, e);
            }
            _lost += count;
            _metrics.LostOnDisk(count);
        }
    }

    private void ReportDrops()
    {
        long dropped = _queue.Dropped;
        if (dropped > _reportedDrops && _time.GetUtcNow() >= _nextReport)
        {
            AuditLog.EntriesDropped(_logger, dropped - _reportedDrops);
            _reportedDrops = dropped;
            _nextReport = _time.GetUtcNow() + ReportInterval;
        }
    }
}
