// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Audit.AccessLogs;

/// <summary>
/// An append-only file of lines that becomes <c>.1</c>, <c>.2</c>, … when it is full. After a failed write the next one opens the file
/// anew and begins on a line of its own. Used by one thread.
/// </summary>
internal sealed class RotatingFile(string path, long maxBytes, int maxFiles) : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const UnixFileMode FolderMode = Mode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

    private FileStream? _stream;

    /// <summary>Appends whole lines and hands them to the system.</summary>
    /// <exception cref="IOException">The disk is full or broken; nothing is promised about these lines.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder may not be written.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        try
        {
            _stream ??= Open();
            if (_stream.Length > 0 && _stream.Length + lines.Length > maxBytes)
            {
                Rotate();
                _stream = Open();
            }
            _stream.Write(lines);
            _stream.Flush();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        // Nothing is buffered, so closing cannot fail for want of space.
        _stream?.Dispose();
        _stream = null;
    }

    private FileStream Open()
    {
        CreateFolder();
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }
        FileStream stream = new(path, options);
        if (stream.Length > 0)
        {
            stream.Seek(-1, SeekOrigin.End);
            if (stream.ReadByte() != '\n')
            {
                stream.Write("\n"u8);
            }
        }
        return stream;
    }

    private void CreateFolder()
    {
        string folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }
        Directory.CreateDirectory(folder, FolderMode);
    }

    private void Rotate()
    {
        Dispose();
        if (maxFiles == 1)
        {
            File.Delete(path);
            return;
        }
        for (int i = maxFiles - 1; i >= 1; i--)
        {
            string from = i == 1 ? path : Numbered(i - 1);
            if (File.Exists(from))
            {
                File.Move(from, Numbered(i), overwrite: true);
            }
        }
    }

    private string Numbered(int i) => $"{path}.{i.ToString(CultureInfo.InvariantCulture)}";
}
