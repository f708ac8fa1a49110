// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Unix;

/// <summary>Writes a file so that a reader, or a restart after a crash, sees the old bytes or the new ones and nothing between.</summary>
public static class AtomicFile
{
    /// <summary>Owner reads and writes: private keys, and whatever nobody else needs.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Everybody reads: certificates.</summary>
    public const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes a temporary file beside the target, syncs it to disk, renames it into place.</summary>
    /// <exception cref="IOException">
    /// The disk is full, the folder is gone, or the target exists and <paramref name="overwrite"/> is false; the target is as it was.
    /// </exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = Private, bool overwrite = true)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            WriteDurably(temporary, content, mode);
            File.Move(temporary, path, overwrite);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void WriteDurably(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        // The mode from the first byte on: a file made readable and narrowed later could be opened in between.
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = mode };
        using FileStream stream = new(path, options);
        // The mode at creation is cut by the umask, a mode set afterwards is not.
        File.SetUnixFileMode(stream.SafeFileHandle, mode);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }
}
