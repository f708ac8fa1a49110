// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.TestKit.Logging;

/// <summary>The same, for a class that asks for its own category.</summary>
/// <typeparam name="T">The category.</typeparam>
public sealed class RecordingLogger<T> : RecordingLogger, ILogger<T>;
