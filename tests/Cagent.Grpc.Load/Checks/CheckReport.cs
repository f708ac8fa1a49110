// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using Cagent.Grpc.Load.Cases;
using Cagent.Grpc.Load.Runs;

namespace Cagent.Grpc.Load.Checks;

/// <summary>Medians over all rounds of a file of measurements as Markdown; ratios are taken within each round before their median.</summary>
internal static class CheckReport
{
    public static async Task<string> WriteAsync(string file)
    {
        List<Measurement> all = [];
        await foreach (string line in File.ReadLinesAsync(file))
        {
            all.Add(JsonSerializer.Deserialize<Measurement>(line) ?? throw new InvalidOperationException("An empty line."));
        }

        string[] peers = [.. all.Select(one => one.Peer).Distinct().OrderBy(name => name != CheckRun.Reference).ThenBy(name => name, StringComparer.Ordinal)];
        (int Entries, int Concurrent, string Name)[] cases = [.. all.Select(one => one.Case).Distinct().Select(Parse).Order()];
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Medians of {all.Select(one => one.Round).Distinct().Count()} rounds; in brackets the lowest and the highest.\n");
        Table(text, "Checks a second", peers, cases, (one, peer) => Spread(Of(all, one, peer, result => result.Value), "#,0"));
        Table(text, $"Rate of {CheckRun.Reference} to that of the peer, in the same round", peers.Skip(1), cases, (one, peer) => Spread(Ratios(all, one, peer), "0.00"));
        Table(text, "Latency p50 / p99 / p99.9 in µs", peers, cases, (one, peer) => string.Join(" / ",
            Median(Of(all, one, peer, result => result.P50), "0"), Median(Of(all, one, peer, result => result.P99), "0"), Median(Of(all, one, peer, result => result.P999), "0")));
        Table(text, "CPU of the server in µs a check", peers, cases, (one, peer) => Median(Of(all, one, peer, result => result.CpuPerMessage), "0.0"));
        Table(text, "Bytes allocated by the server a check", peers, cases, (one, peer) => Median(Of(all, one, peer, result => result.BytesPerMessage), "#,0"));
        Table(text, "Resident memory in MiB", peers, cases, (one, peer) => Median(Of(all, one, peer, result => result.ResidentMiB), "0"));
        return text.ToString();
    }

    private static void Table(StringBuilder text, string title, IEnumerable<string> peers, (int Entries, int Concurrent, string Name)[] cases, Func<string, string, string> cell)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n### {title}\n\n| entries | at once | {string.Join(" | ", peers)} |\n|---|---|{string.Concat(peers.Select(_ => "---|"))}\n");
        foreach ((int entries, int concurrent, string name) in cases)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {entries:#,0} | {concurrent} | {string.Join(" | ", peers.Select(peer => cell(name, peer)))} |\n");
        }
    }

    private static (int Entries, int Concurrent, string Name) Parse(string name)
    {
        string[] parts = name.Split('-');
        return (int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture), name);
    }

    private static double[] Of(IEnumerable<Measurement> all, string name, string peer, Func<CaseResult, double> value) =>
        [.. all.Where(one => one.Case == name && one.Peer == peer).Select(one => value(one.Result)).Order()];

    private static double[] Ratios(List<Measurement> all, string name, string peer) =>
    [
        .. (from mine in all
            where mine.Case == name && mine.Peer == CheckRun.Reference
            join other in all.Where(one => one.Case == name && one.Peer == peer) on mine.Round equals other.Round
            select mine.Result.Value / other.Result.Value).Order(),
    ];

    private static string Median(double[] sorted, string format) => sorted.Length == 0 ? "-"
        : ((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2).ToString(format, CultureInfo.InvariantCulture);

    private static string Spread(double[] sorted, string format) => sorted.Length == 0 ? "-"
        : $"{Median(sorted, format)} ({sorted[0].ToString(format, CultureInfo.InvariantCulture)}-{sorted[^1].ToString(format, CultureInfo.InvariantCulture)})";
}
