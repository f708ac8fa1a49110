// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Processes;

/// <summary>A line that a process wrote.</summary>
/// <param name="IsError">True for stderr.</param>
/// <param name="Text">The line without its end, nothing redacted.</param>
public sealed record OutputLine(bool IsError, string Text);
