// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cagent.TestKit.Processes;

/// <summary>The few system calls that .NET does not offer.</summary>
internal static class Native
{
    public const int SigInt = 2;
    public const int SigTerm = 15;
    public const int SigKill = 9;
    public const int SigStop = 19;
    public const int SigCont = 18;
    private const int ExclusiveLock = 2;

    public static bool Signal(int processId, int signal) => Kill(processId, signal) == 0;

    /// <summary>Waits for, and takes, an exclusive lock on an open file; closing the file gives it back.</summary>
    public static void Lock(SafeFileHandle file)
    {
        if (Flock(file, ExclusiveLock) != 0)
        {
            throw new IOException($"flock failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    /// <summary>Puts one path in place of another; File.Move refuses a link to a folder.</summary>
    public static void Rename(string from, string to)
    {
        if (RenamePath(from, to) != 0)
        {
            throw new IOException($"rename failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int RenamePath([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flock(SafeFileHandle file, int operation);
}
