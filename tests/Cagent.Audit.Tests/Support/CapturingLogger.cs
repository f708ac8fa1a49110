// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Cagent.Audit.Tests.Support;

/// <summary>Keeps everything that was logged, at every level: text, exception and each named value.</summary>
internal sealed class CapturingLogger<T> : ILogger<T>
{
    public ConcurrentQueue<(LogLevel Level, int Id, string Text)> Entries { get; } = new();

    public string Everything => string.Join('\n', Entries.Select(entry => entry.Text));

    public int CountOf(int id) => Entries.Count(entry => entry.Id == id);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}")) : "";
        Entries.Enqueue((logLevel, eventId.Id, $"{formatter(state, exception)} {values} {exception}"));
    }
}
