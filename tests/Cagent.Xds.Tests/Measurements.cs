// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Cagent.Xds.Tests;

/// <summary>What one server's meter <c>Cagent.Xds</c> has told since the making, by instrument and tags. Thread safe.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Key, Total> _totals = new();

    public Measurements(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Cagent.Xds" && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Every instrument with the values of its tags that has told anything.</summary>
    public IReadOnlyCollection<Key> Keys => [.. _totals.Keys];

    /// <summary>Sum over all measurements of an instrument whose tags have these values; observed instruments are asked now.</summary>
    public double Sum(string instrument, params string[] tagValues) => Find(instrument, tagValues).Sum(total => total.Value);

    /// <summary>The same for the number of measurements.</summary>
    public long Count(string instrument, params string[] tagValues) => Find(instrument, tagValues).Sum(total => total.Count);

    public void Dispose() => _listener.Dispose();

    private IEnumerable<Total> Find(string instrument, string[] tagValues)
    {
        foreach (Key key in _totals.Keys.Where(key => key.IsObserved))
        {
            _totals.TryRemove(key, out _);
        }

        _listener.RecordObservableInstruments();
        return _totals.Where(pair => pair.Key.Instrument == instrument && tagValues.All(pair.Key.Tags.Split(' ').Select(tag => tag.Split('=')[1]).Contains))
            .Select(pair => pair.Value);
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<string> texts = [];
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            texts.Add($"{tag.Key}={tag.Value}");
        }

        _totals.AddOrUpdate(
            new Key(instrument.Name, string.Join(' ', texts), instrument.IsObservable),
            _ => new Total(value, 1),
            (_, total) => new Total(total.Value + value, total.Count + 1));
    }

    /// <summary>One time series.</summary>
    /// <param name="Instrument">The instrument's name.</param>
    /// <param name="Tags">Names and values: <c>name=value name=value</c>.</param>
    /// <param name="IsObserved">Whether the instrument tells its state when it is asked.</param>
    internal readonly record struct Key(string Instrument, string Tags, bool IsObserved);

    private readonly record struct Total(double Value, long Count);
}
