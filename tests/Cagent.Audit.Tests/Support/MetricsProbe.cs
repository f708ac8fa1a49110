// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Cagent.Audit.Tests.Support;

/// <summary>Metrics with everything that they measured, as <c>instrument{tag=value,…}=amount</c>.</summary>
internal sealed class MetricsProbe : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();

    public MetricsProbe()
    {
        IMeterFactory factory = _services.GetRequiredService<IMeterFactory>();
        Metrics = new AuditMetrics(factory);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, amount, tags, _) => Measured.Enqueue($"{instrument.Name}{{{Text(tags)}}}={amount}"));
        _listener.SetMeasurementEventCallback<double>((instrument, amount, tags, _) => Measured.Enqueue(FormattableString.Invariant($"{instrument.Name}{{{Text(tags)}}}={amount}")));
        _listener.Start();
    }

    public AuditMetrics Metrics { get; }

    public ConcurrentQueue<string> Measured { get; } = new();

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
}
