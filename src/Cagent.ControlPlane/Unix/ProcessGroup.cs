// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Unix;

/// <summary>Programs that are started as leaders of a process group of their own, so that all that they start can be ended with them.</summary>
public static class ProcessGroup
{
    /// <summary>The program that makes its argument the leader of a group (and session); null where there is none, and then no group can be ended.</summary>
    public static string? Launcher { get; } = new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists);

    /// <summary>Ends every process of the group, at once.</summary>
    /// <param name="leader">The process id of its leader, which was started by <see cref="Launcher"/> and has not been waited for.</param>
    public static void Kill(int leader) => UnixApi.KillGroup(leader);
}
