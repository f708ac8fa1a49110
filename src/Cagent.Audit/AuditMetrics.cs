// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cagent.Audit.AccessLogs;

namespace Cagent.Audit;

/// <summary>The metrics <c>cagent.access.*</c>. Every tag comes from a closed set: no name, agent or path. Thread safe.</summary>
public sealed class AuditMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Cagent.Audit";

    private const string Other = "other";

    private static readonly FrozenSet<string> Logs = FrozenSet.Create(StringComparer.Ordinal, "fwd", "gate", "web", "dial", "tls");

    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _guarded;

    /// <summary>Makes the instruments.</summary>
    public AuditMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        Meter meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("cagent.access.requests", "{request}", "Finished requests and connections, by hop, class of status and reason of denial.");
        _bytes = meter.CreateCounter<long>("cagent.access.bytes", "By", "Bytes of bodies and connections, by hop and direction.");
        _duration = meter.CreateHistogram<double>("cagent.access.duration", "s", "Time from the first to the last byte, by hop.");
        _dropped = meter.CreateCounter<long>("cagent.access.dropped", "{entry}", "Entries that did not reach the access log, by cause.");
        _guarded = meter.CreateCounter<long>("cagent.access.guarded", "{response}", "Responses that held the injected credential, or could not be searched for it, by outcome.");
    }

    internal void Count(AccessLogRecord record)
    {
        KeyValuePair<string, object?> log = new("log", Logs.Contains(record.Log) ? record.Log : Other);
        TagList tags = new() { log, new("status_class", StatusClass(record.Status)) };
        if (record.DeniedReason is { } reason)
        {
            tags.Add("denied_reason", DenialReasons.IsKnown(reason) ? reason : Other);
        }
        _requests.Add(1, tags);
        _bytes.Add(record.BytesUp, log, new("direction", "up"));
        _bytes.Add(record.BytesDown, log, new("direction", "down"));
        if (record.Guard is { } guard)
        {
            _guarded.Add(1, log, new("outcome", guard));
        }

        _duration.Record(record.Duration.TotalSeconds, log);
    }

    internal void DroppedFromQueue() => _dropped.Add(1, new KeyValuePair<string, object?>("cause", "queue_full"));

    internal void LostOnDisk(int count) => _dropped.Add(count, new KeyValuePair<string, object?>("cause", "write_failed"));

    private static string StatusClass(int? status) => status switch
    {
        >= 100 and < 200 => "1xx",
        >= 200 and < 300 => "2xx",
        >= 300 and < 400 => "3xx",
        >= 400 and < 500 => "4xx",
        >= 500 and < 600 => "5xx",
        _ => "none",
    };
}
