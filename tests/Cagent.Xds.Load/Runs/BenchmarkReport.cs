// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cagent.Xds.Load.Cases;

namespace Cagent.Xds.Load.Runs;

/// <summary>Medians over the runs in the raw data, as a Markdown table for each peer and one of ratios to the first.</summary>
internal static class BenchmarkReport
{
    private static readonly (string Head, Func<CaseResult, double?> Value)[] s_columns =
    [
        ("first config ms", result => result.FirstConfig),
        ("KiB per stream", result => result.MemoryPerStream),
        ("one changed ms", result => result.One),
        ("all changed ms", result => result.All),
        ("return ms", result => result.Resume),
        ("CPU first µs", result => result.FirstConfigCpu),
        ("CPU one µs", result => result.OneCpu),
        ("CPU all µs", result => result.AllCpu),
        ("RSS MiB", result => result.PeakRssMiB),
        ("superfluous", result => result.Superfluous),
    ];

    public static string Write(IEnumerable<string> lines)
    {
        Measurement[] all = [.. lines.Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize<Measurement>(line)!)];
        string[] peers = [.. all.Select(one => one.Peer).Distinct()];
        StringBuilder text = new();
        foreach (string peer in peers)
        {
            Table(text, peer, all, (name, value) => Format(Median(all, peer, name, value)));
        }

        foreach (string peer in peers.Skip(1))
        {
            Table(text, $"{peers[0]} / {peer}: below 1.00 the first is better", all, (name, value) =>
                Format(Median(all, peers[0], name, value) / Median(all, peer, name, value), "0.00"));
        }

        return text.ToString();
    }

    private static void Table(StringBuilder text, string title, Measurement[] all, Func<string, Func<CaseResult, double?>, string> cell)
    {
        text.Append(CultureInfo.InvariantCulture, $"### {title}\n\n| case | {string.Join(" | ", s_columns.Select(column => column.Head))} |\n|---|{string.Concat(s_columns.Select(_ => "---|"))}\n");
        foreach (XdsCase one in AllCases.List.Where(one => all.Any(measurement => measurement.Case == one.Name)))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {one.Name} | {string.Join(" | ", s_columns.Select(column => cell(one.Name, column.Value)))} |\n");
        }

        text.Append('\n');
    }

    private static double? Median(Measurement[] all, string peer, string name, Func<CaseResult, double?> value)
    {
        double[] sorted = [.. all.Where(one => one.Peer == peer && one.Case == name).Select(one => value(one.Result)).OfType<double>().Order()];
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Format(double? value, string? format = null) => value is not { } number || !double.IsFinite(number)
        ? "–"
        : number.ToString(format ?? (number < 100 ? "0.#" : "#,0"), CultureInfo.InvariantCulture);
}
