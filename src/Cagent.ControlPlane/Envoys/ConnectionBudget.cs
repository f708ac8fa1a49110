// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.ControlPlane.Envoys;

/// <summary>
/// How many connections of agents Envoy takes: as many as its open files allow, since one that runs out of them can neither answer those that are open
/// nor end a tunnel. Envoy inherits our limit.
/// </summary>
public static class ConnectionBudget
{
    private const int Most = 50_000;
    private const int Least = 64;

    /// <summary>For logs, sockets, event loops and the connections to Cagent.</summary>
    private const int Reserved = 512;

    /// <summary>By the limit of this process.</summary>
    public static int Read(string path = "/proc/self/limits")
    {
        try
        {
            return Of(File.ReadLines(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Of([]);
        }
    }

    /// <summary>From the lines of proc_pid_limits(5). Half of the files: each connection may need one to an upstream.</summary>
    public static int Of(IEnumerable<string> lines)
    {
        string? soft = lines.FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))?
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(3);
        return soft == "unlimited" ? Most
            : long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long files) ? (int)Math.Clamp((files - Reserved) / 2, Least, Most)
            : Least;
    }
}
