// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Waiting;
using Microsoft.Extensions.Logging;

namespace Cagent.TestKit.Logging;

/// <summary>Keeps the newest 10 000 events, at every level unless told otherwise. Thread safe.</summary>
public class RecordingLogger : ILogger
{
    private const int Capacity = 10_000;

    private readonly BoundedLog<LogEntry> _entries = new(Capacity);

    /// <summary>The lowest level that is kept; default all. Tests that measure memory or floods leave the chatter out.</summary>
    public LogLevel Minimum { get; init; } = LogLevel.Trace;

    /// <summary>What was logged, oldest first.</summary>
    public IReadOnlyList<LogEntry> Entries => _entries.Snapshot();

    /// <summary>All texts, one a line.</summary>
    public string Everything => string.Join('\n', Entries.Select(entry => entry.Text));

    /// <summary>Whether an event was logged.</summary>
    public bool Has(int id) => Entries.Any(entry => entry.Id == id);

    /// <summary>How often an event was logged.</summary>
    public int CountOf(int id) => Entries.Count(entry => entry.Id == id);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= Minimum;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}")) : "";
        _entries.Add(new LogEntry(logLevel, eventId.Id, $"{formatter(state, exception)} {values} {exception}"));
    }
}
