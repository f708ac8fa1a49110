// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Load;

/// <summary>What <c>/proc</c> says of one process.</summary>
/// <param name="Cpu">User and system time since its start.</param>
/// <param name="MiB">Resident memory.</param>
/// <param name="Descriptors">Open file descriptors.</param>
internal sealed record ProcessReading(TimeSpan Cpu, long MiB, int Descriptors)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    public static ProcessReading Of(int processId)
    {
        string stat = File.ReadAllText($"/proc/{processId}/stat");
        // Fields 14 and 15, counted after the command's closing parenthesis.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        double ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        string memory = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        long kib = long.Parse(memory.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new ProcessReading(TimeSpan.FromSeconds(ticks / TicksPerSecond), kib / 1024, Directory.GetFileSystemEntries($"/proc/{processId}/fd").Length);
    }

    /// <summary>The share of one core between an earlier reading and this one, in percent.</summary>
    public double PercentSince(ProcessReading earlier, TimeSpan elapsed) => (Cpu - earlier.Cpu) / elapsed * 100;
}
