// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Admin;

/// <summary>What the admin API needs to know of its deployment.</summary>
public sealed class AdminOptions
{
    /// <summary>The file that what operators do is appended to. Its folder must exist.</summary>
    public required string JournalFile { get; set; }
}
