// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;

namespace Cagent.Grpc.Load.Runs;

/// <summary>A server to measure. With its process id, CPU and memory are read from /proc; what it allocates by the port of its startup hook, or else by its own Stats.</summary>
internal sealed record Peer(string Name, IPEndPoint Address, int? ProcessId, int? CountersPort = null)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    /// <summary>Reads <c>name=address:port</c> or <c>name=address:port/pid</c> or <c>name=address:port/pid/counters</c>.</summary>
    public static Peer Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string[] parts = text[(equals + 1)..].Split('/');
        return new Peer(text[..equals], IPEndPoint.Parse(parts[0]), Number(1), Number(2));

        int? Number(int part) => parts.Length > part ? int.Parse(parts[part], CultureInfo.InvariantCulture) : null;
    }

    /// <summary>User and system time of the process.</summary>
    public TimeSpan Cpu()
    {
        if (ProcessId is not { } id)
        {
            return TimeSpan.Zero;
        }

        string stat = File.ReadAllText($"/proc/{id}/stat");

        // Fields 14 and 15, counted after the command's closing parenthesis.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        double ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>Resident memory in MiB; 0 without a process id.</summary>
    public double ResidentMiB() => ProcessId is not { } id ? 0 : File.ReadLines($"/proc/{id}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0)
        .First();
}
