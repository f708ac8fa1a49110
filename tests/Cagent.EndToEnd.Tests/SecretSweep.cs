// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests;

/// <summary>
/// Guarantee: after whatever a test did, its secret is in no output of Cagent or Envoy, no file of the state folder but the CA's key, and no page of
/// Envoy's admin interface. Every deployment of the suite is looked through before it ends.
/// </summary>
internal static class SecretSweep
{
    private static readonly string[] EnvoyPages = ["/config_dump", "/stats?usedonly", "/stats/prometheus", "/clusters?format=json", "/server_info", "/listeners", "/init_dump", "/memory"];

    /// <summary>Everything to look at, as far as it exists: a process that a test has ended or held tells nothing more.</summary>
    public static async Task<IReadOnlyList<(string Where, string Text)>> PlacesAsync(CagentProcess cagent)
    {
        List<(string Where, string Text)> places = [.. cagent.Lines.Select(line => ("the output of cagent", line.Text))];
        if (Directory.Exists(cagent.StateFolder))
        {
            EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true };
            places.AddRange(Directory.EnumerateFiles(cagent.StateFolder, "*", all).Where(IsText).Select(file => (Path.GetRelativePath(cagent.StateFolder, file), Read(file))));
        }

        places.AddRange(await PagesAsync(cagent.StateFolder));
        return places;
    }

    /// <summary>The places in which the secret is.</summary>
    public static async Task<string[]> FindAsync(CagentProcess cagent, SecretForms secret) =>
        [.. (await PlacesAsync(cagent)).Where(place => secret.AreIn(place.Text)).Select(place => place.Where).Distinct()];

    // Sockets are no files to read, and what a test put in the log's place is a device.
    private static bool IsText(string file) =>
        !file.EndsWith(".sock", StringComparison.Ordinal) && Path.GetFileName(file) != "lock" && new FileInfo(file).LinkTarget?.StartsWith("/dev/", StringComparison.Ordinal) != true;

    private static string Read(string file)
    {
        try
        {
            using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.Latin1);
            return reader.ReadToEnd();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // renamed or rotated away
        }
    }

    private static async Task<IEnumerable<(string Where, string Text)>> PagesAsync(string stateFolder)
    {
        using EnvoyAdmin admin = new(stateFolder);
        List<(string Where, string Text)> texts = [];
        foreach (string page in EnvoyPages)
        {
            if (await admin.TryGetAsync(page) is not { } text)
            {
                break; // it has ended
            }

            texts.Add(($"Envoy's {page}", text));
        }

        return texts;
    }
}
