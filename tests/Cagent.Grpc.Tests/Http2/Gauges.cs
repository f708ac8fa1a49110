// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>
/// Reads our server's and Kestrel's counters from their meters, from its making on. Our calls carry no tag of their server,
/// so no other server may run in the process meanwhile. Thread safe.
/// </summary>
internal sealed class Gauges : IDisposable
{
    private const string ActiveCalls = "rpc.server.active_calls";
    private const string ActiveConnections = "kestrel.active_connections";
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = new();

    public Gauges()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name is "Cagent.Grpc" or "Microsoft.AspNetCore.Server.Kestrel")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // One server's connections are known by its port.
            string name = instrument.Name;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                name += tag.Key == "server.port" ? string.Create(CultureInfo.InvariantCulture, $":{tag.Value}") : "";
            }

            _sums.AddOrUpdate(name, value, (_, sum) => sum + value);
        });
        _listener.Start();
    }

    /// <summary>Calls that run.</summary>
    public long Calls => _sums.GetValueOrDefault(ActiveCalls);

    /// <summary>Calls that run at clients of the process.</summary>
    public long ClientCalls => _sums.GetValueOrDefault("rpc.client.active_calls");

    /// <summary>Streams that were reset because their client did not read.</summary>
    public long WriteTimeouts => _sums.GetValueOrDefault("rpc.server.write_timeouts");

    /// <summary>Open connections of a port.</summary>
    public long Connections(int port) => _sums.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"{ActiveConnections}:{port}"));

    public void Dispose() => _listener.Dispose();
}
