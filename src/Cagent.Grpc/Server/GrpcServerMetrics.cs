// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;

namespace Cagent.Grpc.Server;

/// <summary>The server's instruments, named after OpenTelemetry's RPC conventions. Tags are bounded: methods come from the router.</summary>
internal sealed class GrpcServerMetrics : IDisposable
{
    public const string MeterName = "Cagent.Grpc";

    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _writeTimeouts;
    private readonly Counter<long> _agedConnections;

    public GrpcServerMetrics()
    {
        _meter = new Meter(MeterName);
        _duration = _meter.CreateHistogram<double>("rpc.server.call.duration", "s", "Duration of calls.");
        _active = _meter.CreateUpDownCounter<long>("rpc.server.active_calls", "{call}", "Calls that are running.");
        _writeTimeouts = _meter.CreateCounter<long>("rpc.server.write_timeouts", "{call}", "Streams reset because the client did not read.");
        _agedConnections = _meter.CreateCounter<long>("rpc.server.aged_connections", "{connection}", "Connections told to end because of their age.");
    }

    public void Started(string method) => _active.Add(1, new KeyValuePair<string, object?>("rpc.method", method));

    public void Ended(string method, StatusCode status, TimeSpan duration)
    {
        _active.Add(-1, new KeyValuePair<string, object?>("rpc.method", method));
        if (_duration.Enabled)
        {
            TagList tags = new()
            {
                { "rpc.system", "grpc" },
                { "rpc.method", method },
                { "rpc.grpc.status_code", (int)status },
            };
            _duration.Record(duration.TotalSeconds, tags);
        }
    }

    public void WriteTimedOut(string method) => _writeTimeouts.Add(1, new KeyValuePair<string, object?>("rpc.method", method));

    public void ConnectionAged() => _agedConnections.Add(1);

    public void Dispose() => _meter.Dispose();
}
