// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.TestKit.Logging;

/// <summary>Hands out one logger for all categories, so that a host can fail a test that did not expect what it logged. Thread safe.</summary>
/// <param name="minimum">The lowest level that is kept.</param>
public sealed class RecordingLoggerFactory(LogLevel minimum = LogLevel.Trace) : ILoggerFactory
{
    private readonly RecordingLogger _logger = new() { Minimum = minimum };

    /// <summary>What was logged, oldest first.</summary>
    public IReadOnlyList<LogEntry> Entries => _logger.Entries;

    /// <summary>What was logged as a warning or worse.</summary>
    public IEnumerable<LogEntry> Complaints => Entries.Where(entry => entry.Level >= LogLevel.Warning);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _logger;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
