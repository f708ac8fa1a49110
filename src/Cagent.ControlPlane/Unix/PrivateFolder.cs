// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Unix;

/// <summary>A folder that only this user can enter (0700). Creates it, or refuses one that somebody else could have prepared.</summary>
public static class PrivateFolder
{
    internal const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Creates the folder with its parents; an existing one is left as it is.</summary>
    public static void Create(string path) => Directory.CreateDirectory(path, Mode);

    /// <summary>Creates the folder with its parents, or checks and tightens an existing one.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="demandExclusive">Also refuse, instead of tighten, one that group or others may write: what is in it may be theirs.</param>
    /// <exception cref="StateDirectoryException">It is a link, no folder, of another user, or writable by others.</exception>
    internal static void Ensure(string path, bool demandExclusive)
    {
        try
        {
            Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateDirectoryException($"cannot create the folder {path}: {e.Message}", e);
        }

        FileOwnership found = UnixApi.Examine(path)
            ?? throw new StateDirectoryException($"cannot examine the folder {path}");
        if (!found.IsDirectory)
        {
            throw new StateDirectoryException($"{path} is a link or a file; give a folder of its own");
        }
        if (found.User != UnixApi.EffectiveUser())
        {
            throw new StateDirectoryException(
                $"the folder {path} belongs to user id {found.User}, not to {UnixApi.EffectiveUser()}; remove it or change its owner");
        }
        if (demandExclusive && (found.Mode & WritableByOthers) != 0)
        {
            throw new StateDirectoryException($"the folder {path} is writable by others; remove it, then start again");
        }
        if (found.Mode != Mode)
        {
            File.SetUnixFileMode(path, Mode);
        }
    }
}
