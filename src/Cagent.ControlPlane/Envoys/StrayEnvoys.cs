// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Cagent.ControlPlane.Envoys;

/// <summary>
/// Finds Envoys that run with our bootstrap and that no pid file names: a control plane killed between starting Envoy and writing the
/// file leaves one, and it would share our listen ports. The path of the bootstrap is in our private, locked state directory.
/// </summary>
internal static class StrayEnvoys
{
    public static IEnumerable<ProcessIdentity> Find(string bootstrapPath)
    {
        string argument = $"\0-c\0{bootstrapPath}\0";
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                || pid == Environment.ProcessId
                || ProcessIdentity.OfRunning(pid) is not { } process)
            {
                continue;
            }
            if (CommandLine(folder).Contains(argument, StringComparison.Ordinal))
            {
                yield return process;
            }
        }
    }

    private static string CommandLine(string folder)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
