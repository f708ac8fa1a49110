// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;

namespace Cagent.Audit.AccessLogs;

/// <summary>
/// Records on their way to the disk. When the disk cannot keep up the oldest are dropped and counted: neither Envoy nor memory may
/// suffer from a slow disk. Thread safe, with one reader.
/// </summary>
internal sealed class AccessLogQueue
{
    private readonly Channel<AccessLogRecord> _channel;
    private long _dropped;

    public AccessLogQueue(int capacity, AuditMetrics metrics) => _channel = Channel.CreateBounded<AccessLogRecord>(
        new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        _ =>
        {
            Interlocked.Increment(ref _dropped);
            metrics.DroppedFromQueue();
        });

    /// <summary>How many records were dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public ChannelReader<AccessLogRecord> Reader => _channel.Reader;

    /// <summary>Takes a record; never waits.</summary>
    public void Add(AccessLogRecord record) => _channel.Writer.TryWrite(record);
}
