// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Credentials;

/// <summary>Reads one credential file; every failure is a value.</summary>
internal static class CredentialFile
{
    /// <summary>Reads a file; <paramref name="isWorldReadable"/> is true when every user of the machine may read it.</summary>
    public static CredentialReading Read(string path, out bool isWorldReadable)
    {
        isWorldReadable = false;
        try
        {
            return ReadChecked(path, out isWorldReadable);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return CredentialReading.Unavailable($"file {path} does not exist");
        }
        catch (UnauthorizedAccessException)
        {
            return CredentialReading.Unavailable($"file {path} cannot be read: permission denied, or it is a folder");
        }
        catch (IOException e)
        {
            return CredentialReading.Unavailable($"file {path} cannot be read: {e.GetType().Name}");
        }
    }

    private static CredentialReading ReadChecked(string path, out bool isWorldReadable)
    {
        isWorldReadable = false;
        FileInfo file = (FileInfo?)File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        if (file.Exists && file.Length == 0)
        {
            // Pipes and devices have no length either: opening a pipe would wait for its writer, for ever.
            return CredentialReading.Unavailable($"file {path} is empty");
        }
        using FileStream stream = new(path, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
        if (!OperatingSystem.IsWindows())
        {
            isWorldReadable = File.GetUnixFileMode(stream.SafeFileHandle).HasFlag(UnixFileMode.OtherRead);
        }
        byte[] buffer = new byte[CredentialText.MaxBytes + 1];
        int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        CredentialReading reading = CredentialText.Parse(buffer.AsSpan(0, length), $"file {path}");
        CryptographicOperations.ZeroMemory(buffer);
        return reading;
    }
}
