// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.TestKit.Logging;

/// <summary>One event that was logged.</summary>
/// <param name="Level">Its level.</param>
/// <param name="Id">Its event id.</param>
/// <param name="Text">The message, then each named value, then the exception: everything in which a secret could stand.</param>
public sealed record LogEntry(LogLevel Level, int Id, string Text);
