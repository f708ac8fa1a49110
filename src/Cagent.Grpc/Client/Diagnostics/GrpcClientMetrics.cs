// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Client.Diagnostics;

/// <summary>
/// The client's instruments, named after OpenTelemetry's RPC conventions (1.45). Tags are bounded: methods come from generated
/// code, and the address is the channel's target, not the server that a call was balanced to.
/// </summary>
internal sealed class GrpcClientMetrics : IDisposable
{
    public const string MeterName = "Cagent.Grpc";

    private readonly KeyValuePair<string, object?> _system = new("rpc.system.name", "grpc");
    private readonly KeyValuePair<string, object?> _address;
    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _retries;

    public GrpcClientMetrics(string serverAddress)
    {
        _address = new("server.address", serverAddress);
        _meter = new Meter(MeterName);
        _duration = _meter.CreateHistogram<double>("rpc.client.call.duration", "s", "Duration of calls that this process made.");
        _active = _meter.CreateUpDownCounter<long>("rpc.client.active_calls", "{call}", "Calls that this process has running.");
        _retries = _meter.CreateCounter<long>("rpc.client.retries", "{attempt}", "Attempts of calls beyond the first, by policy or because nothing was sent.");
    }

    public void Started(string method) => _active.Add(1, Method(method), _address);

    public void Retried(string method) => _retries.Add(1, Method(method), _address);

    public void Ended(string method, StatusCode status, TimeSpan duration)
    {
        _active.Add(-1, Method(method), _address);
        if (!_duration.Enabled)
        {
            return;
        }

        string name = StatusNames.Of(status);
        TagList tags = new() { _system, Method(method), _address, new("rpc.response.status_code", name) };
        if (status != StatusCode.OK)
        {
            tags.Add("error.type", name);
        }

        _duration.Record(duration.TotalSeconds, tags);
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Method(string method) => new("rpc.method", method);
}
