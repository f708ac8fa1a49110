// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.PolicySource;

/// <summary>How eagerly files are watched.</summary>
public sealed class PolicyFileWatcherOptions
{
    /// <summary>A change is read after this much quiet. Default 30 ms; greater than 0.</summary>
    public TimeSpan Quiet { get; set; } = TimeSpan.FromMilliseconds(30);

    /// <summary>A change is read at the latest after this, even while files keep changing. Default 250 ms; at least <see cref="Quiet"/>.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often contents are compared without any notification. Default 1 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a file that had content must be missing or empty before that counts: an editor between two renames, or a writer
    /// that has truncated and not yet written. Default 250 ms.
    /// </summary>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Greatest size of a file in bytes. Default 4 MiB.</summary>
    public int MaxBytes { get; set; } = 4 * 1024 * 1024;
}
