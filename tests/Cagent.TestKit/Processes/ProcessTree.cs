// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.TestKit.Processes;

/// <summary>The descendants of a process, each named by id and start time, so that a reused id is never signalled.</summary>
internal sealed class ProcessTree
{
    private readonly Dictionary<int, string> _startTimes = [];

    /// <summary>The ids that were found so far and still run.</summary>
    public IReadOnlyList<int> Running => [.. _startTimes.Where(known => StartTime(known.Key) == known.Value).Select(known => known.Key)];

    /// <summary>Adds the present descendants of a process. Call it before the process ends: orphans have another parent.</summary>
    public void Add(int processId)
    {
        foreach (int child in Children(processId))
        {
            if (StartTime(child) is { } time && _startTimes.TryAdd(child, time))
            {
                Add(child);
            }
        }
    }

    /// <summary>Kills what still runs.</summary>
    public void Kill()
    {
        foreach (int processId in Running)
        {
            Native.Signal(processId, Native.SigKill);
        }
    }

    private static IEnumerable<int> Children(int processId)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{processId}/task")
                .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    // Field 22 of /proc/PID/stat, counted after the command's closing parenthesis; a zombie (state Z) counts as ended.
    private static string? StartTime(int processId)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{processId}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? null : fields[19];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
