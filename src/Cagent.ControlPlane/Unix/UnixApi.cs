// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Cagent.ControlPlane.Unix;

/// <summary>The few system calls that .NET does not offer: who owns a file, who we are, and signals other than KILL.</summary>
internal static class UnixApi
{
    internal const int SignalUser1 = 10;
    internal const int SignalTerminate = 15;
    internal const int SignalKill = 9;

    private const int AtFdCwd = -100;
    private const int AtSymlinkNofollow = 0x100;
    private const uint StatxBasicStats = 0x7ff;

    // struct statx has one layout on all architectures, unlike struct stat (statx(2)).
    private const int StatxSize = 256;
    private const int UidOffset = 20;
    private const int ModeOffset = 28;
    private const int FileTypeMask = 0xF000;
    private const int DirectoryType = 0x4000;

    /// <summary>The effective user of this process.</summary>
    internal static uint EffectiveUser() => GetEuid();

    /// <summary>Sends a signal. False when the process does not exist or is not ours.</summary>
    internal static bool Signal(int pid, int signal) => pid > 1 && Kill(pid, signal) == 0;

    /// <summary>Ends a process group. False when it does not exist or is not ours.</summary>
    internal static bool KillGroup(int leader) => leader > 1 && Kill(-leader, SignalKill) == 0;

    /// <summary>Owner, permission bits and kind of a path, without following a link. Null when it cannot be examined.</summary>
    internal static FileOwnership? Examine(string path)
    {
        byte[] buffer = new byte[StatxSize];
        if (Statx(AtFdCwd, path, AtSymlinkNofollow, StatxBasicStats, buffer) != 0)
        {
            return null;
        }
        int mode = BitConverter.ToUInt16(buffer, ModeOffset);
        uint uid = BitConverter.ToUInt32(buffer, UidOffset);
        return new FileOwnership(uid, (UnixFileMode)(mode & 0xFFF), (mode & FileTypeMask) == DirectoryType);
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint GetEuid();

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Statx(
        int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] buffer);
}

/// <summary>What <see cref="UnixApi.Examine"/> tells of a path.</summary>
internal readonly record struct FileOwnership(uint User, UnixFileMode Mode, bool IsDirectory);
