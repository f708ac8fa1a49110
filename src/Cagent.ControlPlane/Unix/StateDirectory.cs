// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.ControlPlane.Unix;

/// <summary>
/// The folder in which one Cagent keeps what must survive it: keys, the last good revision, Envoy's bootstrap and pid file.
/// Mode 0700 and locked, so that two processes never supervise one Envoy. Disposing gives the lock back; the kernel does so after a crash.
/// </summary>
public sealed class StateDirectory : IDisposable
{
    private readonly FileStream _lock;

    private StateDirectory(string root, FileStream heldLock)
    {
        Root = root;
        _lock = heldLock;
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Root { get; }

    /// <summary>Pid file, logs of Envoy, and sockets where the path is short enough.</summary>
    public string Run => Path.Combine(Root, "run");

    /// <summary>The interception CA and mTLS identities.</summary>
    public string Pki => Path.Combine(Root, "pki");

    /// <summary>Audit and access logs.</summary>
    public string Logs => Path.Combine(Root, "logs");

    /// <summary>The last good revision and the rejected ones.</summary>
    public string Revisions => Path.Combine(Root, "revisions");

    /// <summary>The file of the agents that an operator has stopped.</summary>
    public string Quarantine => Path.Combine(Root, "quarantine.json");

    /// <summary>Envoy's bootstrap.</summary>
    public string Envoy => Path.Combine(Root, "envoy");

    /// <summary>Creates or opens the folder and takes its lock.</summary>
    /// <exception cref="StateDirectoryException">Not usable, or another process holds the lock; the message names it.</exception>
    public static StateDirectory Open(string path)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        PrivateFolder.Ensure(root, demandExclusive: false);
        FileStream held = TakeLock(root);
        try
        {
            StateDirectory state = new(root, held);
            foreach (string folder in (ReadOnlySpan<string>)[state.Run, state.Pki, state.Logs, state.Revisions, state.Envoy])
            {
                PrivateFolder.Ensure(folder, demandExclusive: false);
            }
            return state;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string root)
    {
        // FileShare.None is flock(LOCK_EX): it ends with the process, however that dies.
        string lockFile = Path.Combine(root, "lock");
        string ownerFile = Path.Combine(root, "lock.pid");
        try
        {
            FileStream held = new(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // In a second file, because a locked one cannot be opened, not even to read who locked it.
            AtomicFile.Write(ownerFile, System.Text.Encoding.ASCII.GetBytes(
                Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            return held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string owner = File.Exists(ownerFile) ? File.ReadAllText(ownerFile) : "unknown";
            throw new StateDirectoryException(
                $"the state directory {root} is in use by another cagent (pid {owner}); stop it, or give this one another --state", e);
        }
    }
}
