// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Secrets.Credentials;

/// <summary>
/// The folder entries that decide what a path names. Kubernetes mounts a secret as <c>token -> ..data/token</c> with
/// <c>..data -> ..2026_01_01</c>: replacing <c>..data</c> changes the file though neither <c>token</c> nor its target was touched.
/// </summary>
internal static class LinkChain
{
    // What Linux itself follows before it reports a loop.
    private const int MaxLinks = 40;

    /// <summary>The paths of the file, of every link on the way to it (of the file or of a folder above it), and of what they lead to.</summary>
    public static IReadOnlyCollection<string> Entries(string path)
    {
        HashSet<string> entries = new(StringComparer.Ordinal);
        string? current = Path.GetFullPath(path);
        for (int links = 0; current is not null && links <= MaxLinks; links++)
        {
            entries.Add(current);
            current = FollowFirstLink(current, entries);
        }
        return entries;
    }

    // From the root down: a relative link below a linked folder starts where that folder really is.
    private static string? FollowFirstLink(string path, HashSet<string> entries)
    {
        for (int end = path.IndexOf('/', 1); ; end = path.IndexOf('/', end + 1))
        {
            string part = end < 0 ? path : path[..end];
            if (Path.GetDirectoryName(part) is { } folder && Target(part) is { } target)
            {
                entries.Add(part);
                return Path.GetFullPath(target + path[part.Length..], folder);
            }
            if (end < 0)
            {
                return null;
            }
        }
    }

    private static string? Target(string path)
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
