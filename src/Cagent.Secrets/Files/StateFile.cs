// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Cagent.Secrets.Files;

/// <summary>Whole-file writes that a crash or a reader never sees half of.</summary>
internal static class StateFile
{
    /// <summary>Owner reads and writes: private keys.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Everybody reads: certificates.</summary>
    public const UnixFileMode Public = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode PrivateFolder = Private | UnixFileMode.UserExecute;

    /// <summary>Writes a new file and renames it into place; the content is on disk before the name is.</summary>
    /// <exception cref="IOException">Among others when <paramref name="overwrite"/> is false and the file exists.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode, bool overwrite)
    {
        string temporary = $"{path}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.tmp";
        try
        {
            WriteDurably(temporary, content, mode);
            File.Move(temporary, path, overwrite);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Makes a folder that only its owner may enter; an existing one is left as it is.</summary>
    public static void CreatePrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        Directory.CreateDirectory(path, PrivateFolder);
    }

    private static void WriteDurably(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            // From the first byte on: a file made readable and narrowed later could be opened in between.
            options.UnixCreateMode = mode;
        }
        using FileStream stream = new(path, options);
        if (!OperatingSystem.IsWindows())
        {
            // The mode at creation is cut by the umask, a mode set afterwards is not.
            File.SetUnixFileMode(stream.SafeFileHandle, mode);
        }
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }
}
