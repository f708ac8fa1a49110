// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Unix;

/// <summary>
/// inotify on a set of directory entries. A failure (no watches left, a directory that has just gone) costs only speed, because its
/// users also poll; it is logged once. One thread at a time; the signal is called on any thread and must not block.
/// </summary>
public sealed class DirectoryNotifications : IDisposable
{
    // The default limit of inotify instances is 128 per user.
    private const int MaxDirectories = 32;

    private readonly Action _signal;
    private readonly ILogger _logger;
    private readonly List<FileSystemWatcher> _watchers = [];
    private ImmutableHashSet<WatchPoint> _points = [];
    private bool _warned;

    /// <summary>Watches nothing yet. <paramref name="signal"/> says only "look again".</summary>
    public DirectoryNotifications(Action signal, ILogger logger)
    {
        _signal = signal;
        _logger = logger;
    }

    /// <summary>Watches these points instead. Watches name an inode, so after a change (<paramref name="renew"/>) all are made anew.</summary>
    public void Arm(ImmutableHashSet<WatchPoint> points, bool renew)
    {
        if (!renew && _points.SetEquals(points))
        {
            return;
        }
        Dispose();
        _points = points;
        foreach (IGrouping<string, string> directory in points.GroupBy(point => point.Directory, point => point.Entry).Take(MaxDirectories))
        {
            Watch(directory.Key, directory);
        }
    }

    /// <summary>Ends all watches; <see cref="Arm"/> may make new ones.</summary>
    public void Dispose()
    {
        foreach (FileSystemWatcher watcher in _watchers)
        {
            watcher.Dispose();
        }
        _watchers.Clear();
    }

    private void Watch(string directory, IEnumerable<string> entries)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(directory)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite
                    | NotifyFilters.Size | NotifyFilters.Attributes,
            };
            HashSet<string> names = new(entries, StringComparer.Ordinal);
            FileSystemEventHandler onEvent = (_, e) => SignalIf(names.Contains(e.Name ?? ""));
            watcher.Changed += onEvent;
            watcher.Created += onEvent;
            watcher.Deleted += onEvent;
            watcher.Renamed += (_, e) => SignalIf(names.Contains(e.Name ?? "") || names.Contains(e.OldName ?? ""));
            watcher.Error += (_, _) => _signal();
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            if (!_warned && Directory.Exists(directory))
            {
                _warned = true;
                ControlPlaneLog.NotificationsUnavailable(_logger, e.Message);
            }
        }
    }

    private void SignalIf(bool concerned)
    {
        if (concerned)
        {
            _signal();
        }
    }
}
