// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.ControlPlane.Unix;

namespace Cagent.ControlPlane.Envoys;

/// <summary>One process for all time: a pid is used again, a pid with its start time is not.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="StartTicks">Field 22 of <c>/proc/PID/stat</c>: clock ticks since boot.</param>
internal readonly record struct ProcessIdentity(int Pid, ulong StartTicks)
{
    /// <summary>The process that has this pid now; null when none runs (a zombie does not).</summary>
    public static ProcessIdentity? OfRunning(int pid)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return TryParseStat(stat, out char state, out ulong startTicks) && state is not ('Z' or 'X')
                ? new ProcessIdentity(pid, startTicks)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether this very process still runs.</summary>
    public bool IsRunning => OfRunning(Pid) == this;

    /// <summary>The executable, with links resolved; ends in <c> (deleted)</c> when it was replaced. Null when unknown.</summary>
    public string? Executable()
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{Pid}/exe")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Sends a signal, if it still is this process.</summary>
    public bool Signal(int signal) => IsRunning && UnixApi.Signal(Pid, signal);

    /// <summary>Reads state and start time. The name, second field, is in parentheses and may hold anything, parentheses too.</summary>
    internal static bool TryParseStat(string stat, out char state, out ulong startTicks)
    {
        state = '\0';
        startTicks = 0;
        int end = stat.LastIndexOf(')');
        string[] fields = end < 0 ? [] : stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 20 || fields[0].Length != 1)
        {
            return false;
        }
        state = fields[0][0];
        return ulong.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out startTicks);
    }
}
