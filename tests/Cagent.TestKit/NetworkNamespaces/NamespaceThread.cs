// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cagent.TestKit.NetworkNamespaces;

/// <summary>Moves the calling thread, and it alone, into a network namespace.</summary>
internal static class NamespaceThread
{
    private const int NetworkNamespaceType = 0x40000000;

    public static void Enter(string name)
    {
        using SafeFileHandle file = File.OpenHandle($"/run/netns/{name}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (SetNamespace(file, NetworkNamespaceType) != 0)
        {
            throw new IOException($"setns to {name} failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(SafeFileHandle file, int type);
}
