// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Cagent.Grpc.Server;

namespace Cagent.Grpc.Tls;

/// <summary>Counts what became of changed TLS files.</summary>
internal sealed class TlsMetrics : IDisposable
{
    private readonly Meter _meter = new(GrpcServerMetrics.MeterName);
    private readonly Counter<long> _reloads;

    public TlsMetrics() => _reloads = _meter.CreateCounter<long>("rpc.tls.reloads", "{reload}", "Changed TLS files, by outcome: loaded or refused.");

    public void Reloaded() => _reloads.Add(1, new KeyValuePair<string, object?>("outcome", "loaded"));

    public void Refused() => _reloads.Add(1, new KeyValuePair<string, object?>("outcome", "refused"));

    public void Dispose() => _meter.Dispose();
}
