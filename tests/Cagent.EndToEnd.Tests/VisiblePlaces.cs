// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests;

/// <summary>Everything that a running Cagent shows: its output, its files, and what Envoy tells of itself.</summary>
public static class VisiblePlaces
{
    private static readonly string[] AdminPaths =
        ["/config_dump", "/stats?usedonly", "/stats/prometheus", "/clusters?format=json", "/server_info", "/listeners", "/init_dump", "/memory"];

    /// <summary>Name and text of each place.</summary>
    public static async IAsyncEnumerable<(string Where, string Text)> OfAsync(CagentProcess cagent)
    {
        yield return ("the output of cagent", string.Join('\n', cagent.Lines.Select(line => line.Text)));
        foreach (string file in Directory.EnumerateFiles(cagent.StateFolder, "*", SearchOption.AllDirectories).Where(IsText))
        {
            yield return (Path.GetRelativePath(cagent.StateFolder, file), Read(file));
        }

        using EnvoyAdmin admin = new(cagent.StateFolder);
        foreach (string path in AdminPaths)
        {
            string text = await admin.GetAsync(path);
            Assert.NotEmpty(text);
            yield return ("the admin interface at " + path, text);
        }
    }

    private static bool IsText(string file) => !file.EndsWith(".sock", StringComparison.Ordinal) && Path.GetFileName(file) != "lock";

    private static string Read(string file)
    {
        using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}
