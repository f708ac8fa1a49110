// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Audit;

/// <summary>Settings of the access log.</summary>
public sealed class AuditOptions
{
    /// <summary>The state folder; the log is <c>logs/access.log</c> in it. Required, no default.</summary>
    public string StateFolder { get; set; } = "";

    /// <summary>Size in bytes at which the log is rotated. Default 64 MiB; at least 64 KiB.</summary>
    public long MaxFileBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How many files are kept, the present one included: <c>access.log</c>, <c>access.log.1</c>, … Default 3; 1 to 100.</summary>
    public int MaxFiles { get; set; } = 3;

    /// <summary>How many entries may wait for the disk; beyond that the oldest are dropped and counted. Default 16384; at least 1.</summary>
    public int QueueCapacity { get; set; } = 16384;
}
