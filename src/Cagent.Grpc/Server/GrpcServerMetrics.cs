// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>
/// The server's instruments. <c>rpc.server.call.duration</c> follows OpenTelemetry's RPC conventions (1.45), the others are ours.
/// Tags are bounded: methods come from the router, and every unknown one is <c>_OTHER</c>.
/// </summary>
internal sealed class GrpcServerMetrics : IDisposable
{
    public const string MeterName = "Cagent.Grpc";

    private const string OtherMethod = "_OTHER";

    // The boundaries that the conventions recommend, in seconds.
    private static readonly double[] s_buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private readonly TimeProvider _time;
    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _writeTimeouts;
    private readonly Counter<long> _agedConnections;

    private readonly KeyValuePair<string, object?> _system = new("rpc.system.name", "grpc");

    /// <param name="time">The clock of the durations.</param>
    /// <param name="factory">Makes and owns the meter; null for a meter of our own.</param>
    public GrpcServerMetrics(TimeProvider time, IMeterFactory? factory = null)
    {
        _time = time;
        _meter = factory is null ? new Meter(MeterName) : factory.Create(MeterName);
        _duration = _meter.CreateHistogram<double>("rpc.server.call.duration", "s", "Duration of calls.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = s_buckets });
        _active = _meter.CreateUpDownCounter<long>("rpc.server.active_calls", "{call}", "Calls that are running.");
        _writeTimeouts = _meter.CreateCounter<long>("rpc.server.write_timeouts", "{call}", "Streams reset because the client did not read.");
        _agedConnections = _meter.CreateCounter<long>("rpc.server.aged_connections", "{connection}", "Connections told to end because of their age.");
    }

    /// <summary>Counts a call and returns the time stamp that <see cref="Ended"/> wants; 0 when nobody measures durations.</summary>
    public long Started(string method)
    {
        _active.Add(1, new KeyValuePair<string, object?>("rpc.method", method));
        return _duration.Enabled ? _time.GetTimestamp() : 0;
    }

    public void Ended(string method, StatusCode status, long started)
    {
        _active.Add(-1, new KeyValuePair<string, object?>("rpc.method", method));

        // A call that began before somebody measured has no duration.
        if (started != 0)
        {
            Record(method, status, _time.GetElapsedTime(started));
        }
    }

    /// <summary>A call of a method that is not offered.</summary>
    public void Refused(StatusCode status)
    {
        if (_duration.Enabled)
        {
            Record(OtherMethod, status, TimeSpan.Zero);
        }
    }

    public void WriteTimedOut(string method) => _writeTimeouts.Add(1, new KeyValuePair<string, object?>("rpc.method", method));

    public void ConnectionAged() => _agedConnections.Add(1);

    public void Dispose() => _meter.Dispose();

    private void Record(string method, StatusCode status, TimeSpan duration)
    {
        string name = StatusNames.Of(status);
        TagList tags = new() { _system, { "rpc.method", method }, { "rpc.response.status_code", name } };
        if (ServerSpan.IsServersFault(status))
        {
            tags.Add("error.type", name);
        }

        _duration.Record(duration.TotalSeconds, tags);
    }
}
