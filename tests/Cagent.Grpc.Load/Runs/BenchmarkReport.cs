// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Cagent.Grpc.Load.Cases;

namespace Cagent.Grpc.Load.Runs;

/// <summary>Medians over the rounds as Markdown tables; ratios are taken within each round before their median.</summary>
internal static class BenchmarkReport
{
    public static string Write(IReadOnlyList<LoadCase> cases, IReadOnlyList<Peer> peers, IReadOnlyList<Measurement> all)
    {
        StringBuilder text = new();
        Table(text, "Result", "median of the rounds; messages/s (more is better) or ms (less is better)", cases, peers, (one, peer) => Median(all, one, peer, r => r.Value));
        Table(text, "Cost beside the first peer", "median of each round's ratio of time per message; above 1.00 the peer is slower than the first", cases, peers, (one, peer) => Ratio(all, one, peer, peers[0]));
        Table(text, "Latency p50 / p99 in µs", "unary and bidi only", [.. cases.Where(one => one is EchoCase)], peers, (one, peer) => $"{Median(all, one, peer, r => r.P50)} / {Median(all, one, peer, r => r.P99)}");
        Table(text, "CPU of the server in µs per message", "from /proc, both user and system", cases, peers, (one, peer) => Median(all, one, peer, r => r.CpuPerMessage, "0.00"));
        Table(text, "Bytes allocated per message", "by the server's own counter; 0 where the peer tells none", cases, peers, (one, peer) => Median(all, one, peer, r => r.BytesPerMessage));
        Table(text, "Resident memory in MiB", "at the end of the case", cases, peers, (one, peer) => Median(all, one, peer, r => r.ResidentMiB));
        return text.ToString();
    }

    private static void Table(
        StringBuilder text, string title, string explanation, IReadOnlyList<LoadCase> cases, IReadOnlyList<Peer> peers, Func<LoadCase, Peer, string> cell)
    {
        text.Append(CultureInfo.InvariantCulture, $"### {title}\n\n{char.ToUpperInvariant(explanation[0])}{explanation[1..]}.\n\n| case | unit | {string.Join(" | ", peers.Select(peer => peer.Name))} |\n|---|---|{string.Concat(peers.Select(_ => "---|"))}\n");
        foreach (LoadCase one in cases)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {one.Name} | {one.Unit} | {string.Join(" | ", peers.Select(peer => cell(one, peer)))} |\n");
        }

        text.Append('\n');
    }

    private static string Median(IReadOnlyList<Measurement> all, LoadCase one, Peer peer, Func<CaseResult, double> value, string? format = null) =>
        Format([.. all.Where(m => m.Case == one.Name && m.Peer == peer.Name).Select(m => value(m.Result))], format);

    private static string Ratio(IReadOnlyList<Measurement> all, LoadCase one, Peer peer, Peer first)
    {
        IEnumerable<double> ratios =
            from mine in all.Where(m => m.Case == one.Name && m.Peer == peer.Name)
            join other in all.Where(m => m.Case == one.Name && m.Peer == first.Name) on mine.Round equals other.Round
            select one.IsRate ? other.Result.Value / mine.Result.Value : mine.Result.Value / other.Result.Value;
        return Format([.. ratios], "0.00");
    }

    private static string Format(double[] values, string? format)
    {
        if (values.Length == 0)
        {
            return "failed";
        }

        Array.Sort(values);
        double median = (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
        return median.ToString(format ?? (median < 1000 ? "0.0" : "#,0"), CultureInfo.InvariantCulture);
    }
}
