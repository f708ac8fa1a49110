// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Waiting;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Tests;

/// <summary>Keeps what is logged. Thread safe.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly BoundedLog<(LogLevel Level, int Id, string Text)> _entries = new(10_000);

    public IReadOnlyList<(LogLevel Level, int Id, string Text)> Entries => _entries.Snapshot();

    public bool Has(int id) => Entries.Any(entry => entry.Id == id);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _entries.Add((logLevel, eventId.Id, formatter(state, exception)));
}
