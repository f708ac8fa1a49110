// SPDX-License-Identifier: Apache-2.0
using Cagent.Secrets.Credentials.Fetching;

namespace Cagent.Secrets.Credentials;

/// <summary>How credentials are followed.</summary>
public sealed class CredentialStoreOptions
{
    /// <summary>
    /// How often every credential file is read again, whatever the watcher says. Default 500 ms, which bounds the time until
    /// a change is seen on file systems without change events (NFS, some bind mounts). More than zero.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether changes are also reported by the operating system, so that they are seen within milliseconds. Default true.</summary>
    public bool WatchFolders { get; set; } = true;

    /// <summary>The folder for what must outlive the process, refresh tokens that rotate; null where no state is kept, and no such credential can be had.</summary>
    public string? StateFolder { get; set; }

    /// <summary>The file of the key that seals them, mode 0600, made when it is missing; null for one in the folder.</summary>
    public string? KeyFile { get; set; }

    /// <summary>How servers and programs are asked.</summary>
    public CredentialFetchOptions Fetching { get; } = new();
}
