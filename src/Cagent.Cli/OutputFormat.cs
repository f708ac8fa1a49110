// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Cli;

/// <summary>How a command answers.</summary>
public enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON document on standard output.</summary>
    Json,
}
