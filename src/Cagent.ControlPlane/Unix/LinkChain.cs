// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.ControlPlane.Unix;

/// <summary>
/// Walks a path as the kernel does, through every link, and names the entries to watch: each link, the file at the end, and the
/// directories that hold them. Kubernetes needs all of these: it swaps <c>..data</c>, a link between two links.
/// </summary>
public static class LinkChain
{
    // The kernel's own limit (path_resolution(7)).
    private const int MaxLinks = 40;

    /// <summary>The points on the way; ends at the first entry that does not exist. Never throws for what it finds.</summary>
    public static ImmutableHashSet<WatchPoint> Resolve(string path)
    {
        List<(WatchPoint Point, bool IsLink)> walked = Walk(Path.GetFullPath(path));
        ImmutableHashSet<WatchPoint>.Builder kept = ImmutableHashSet.CreateBuilder<WatchPoint>();
        bool nextMatters = true; // the end of the chain always does
        for (int i = walked.Count - 1; i >= 0; i--)
        {
            (WatchPoint point, bool isLink) = walked[i];
            bool isEnd = i == walked.Count - 1;
            // A plain directory matters when it holds what matters: replacing it replaces that. Those above are left to polling,
            // or every event in / and /tmp would wake the watcher.
            if (isEnd || isLink || nextMatters)
            {
                kept.Add(point);
            }
            nextMatters = isEnd || isLink;
        }
        return kept.ToImmutable();
    }

    /// <summary>The points of several paths.</summary>
    public static ImmutableHashSet<WatchPoint> Resolve(IEnumerable<string> paths) => [.. paths.SelectMany(Resolve)];

    private static List<(WatchPoint Point, bool IsLink)> Walk(string path)
    {
        List<(WatchPoint, bool)> walked = [];
        Stack<string> ahead = new(Parts(path));
        string current = "/";
        int links = 0;
        while (ahead.TryPop(out string? part))
        {
            if (part == "..")
            {
                current = Path.GetDirectoryName(current) ?? "/";
                continue;
            }
            string full = Path.Combine(current, part);
            string? target = LinkTarget(full);
            walked.Add((new WatchPoint(current, part), target is not null));
            if (target is null)
            {
                if (!Directory.Exists(full))
                {
                    break;
                }
                current = full;
                continue;
            }
            if (++links > MaxLinks)
            {
                break;
            }
            current = Path.IsPathRooted(target) ? "/" : current;
            foreach (string step in Parts(target))
            {
                ahead.Push(step);
            }
        }
        return walked;
    }

    /// <summary>The parts of a path, last first, so that pushing them in order leaves the first on top.</summary>
    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse();

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
