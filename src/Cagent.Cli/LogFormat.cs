// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Cli;

/// <summary>How log lines on standard error look.</summary>
public enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}
