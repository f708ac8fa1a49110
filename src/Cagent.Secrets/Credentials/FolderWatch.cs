// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Microsoft.Extensions.Logging;

namespace Cagent.Secrets.Credentials;

/// <summary>
/// Wakes when something changes in the folders that a set of files depends on. A hint only: a folder that cannot be watched is left to the poll.
/// Used by one thread at a time (the store's lock); <paramref name="wake"/> runs on any thread and must not block.
/// </summary>
internal sealed class FolderWatch(Action wake, ILogger logger) : IDisposable
{
    private readonly Dictionary<string, FileSystemWatcher> _watchers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);

    // Read by the watchers' threads: only these names matter, so that a busy folder does not keep the store reading.
    private volatile FrozenSet<string> _entries = FrozenSet<string>.Empty;

    /// <summary>Watches exactly these files and the links on the way to them.</summary>
    public void Follow(IEnumerable<string> files)
    {
        FrozenSet<string> entries = files.SelectMany(LinkChain.Entries).ToFrozenSet(StringComparer.Ordinal);
        _entries = entries;
        HashSet<string> folders = new(entries.Select(Path.GetDirectoryName).OfType<string>().Where(Directory.Exists), StringComparer.Ordinal);
        foreach (string gone in _watchers.Keys.Where(folder => !folders.Contains(folder)).ToArray())
        {
            _watchers.Remove(gone, out FileSystemWatcher? watcher);
            watcher?.Dispose();
        }
        foreach (string folder in folders.Where(folder => !_watchers.ContainsKey(folder)))
        {
            TryWatch(folder);
        }
    }

    public void Dispose()
    {
        foreach (FileSystemWatcher watcher in _watchers.Values)
        {
            watcher.Dispose();
        }
        _watchers.Clear();
    }

    private void WakeFor(params ReadOnlySpan<string> changed)
    {
        foreach (string path in changed)
        {
            if (_entries.Contains(path))
            {
                wake();
                return;
            }
        }
    }

    private void TryWatch(string folder)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder);
            watcher.Changed += (_, change) => WakeFor(change.FullPath);
            watcher.Created += (_, change) => WakeFor(change.FullPath);
            watcher.Deleted += (_, change) => WakeFor(change.FullPath);
            watcher.Renamed += (_, change) => WakeFor(change.OldFullPath, change.FullPath);
            watcher.Error += (_, _) => wake();
            watcher.EnableRaisingEvents = true;
            _watchers.Add(folder, watcher);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Typically the user's inotify limit; the folder may also have gone in this moment.
            watcher?.Dispose();
            if (_reported.Add(folder))
            {
                SecretsLog.FolderNotWatched(logger, folder, e.GetType().Name);
            }
        }
    }
}
