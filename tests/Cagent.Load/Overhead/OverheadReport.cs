// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Cagent.Load.Overhead;

/// <summary>A table for each case: medians over the rounds, and ratios to the plain Envoy that does the same work without Cagent, round by round.</summary>
internal sealed class OverheadReport(IEnumerable<string> ways)
{
    private const string Baseline = "plain interception";
    private readonly string[] _ways = [.. ways];
    private readonly Dictionary<(string Case, string Way), List<Cell>> _cells = [];
    private readonly List<string> _cases = [];

    public void Add(string name, string way, Cell cell)
    {
        if (!_cases.Contains(name))
        {
            _cases.Add(name);
        }

        if (!_cells.TryGetValue((name, way), out List<Cell>? cells))
        {
            _cells[(name, way)] = cells = [];
        }

        cells.Add(cell);
    }

    public override string ToString()
    {
        StringBuilder text = new();
        foreach (string name in _cases)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {name}\n\n| | p50 ms | p99 ms | {Unit(name)} | Envoy µs | Cagent µs | p50 to plain interception | rate to plain interception |\n|---|---|---|---|---|---|---|---|\n");
            List<Cell> plain = _cells.GetValueOrDefault((name, Baseline), []);
            foreach (string way in _ways)
            {
                List<Cell> cells = _cells[(name, way)];
                text.Append(CultureInfo.InvariantCulture,
                    $"| {way} | {Median(cells, cell => cell.Percentile(0.5)):0.00} | {Median(cells, cell => cell.Percentile(0.99)):0.0} | {Median(cells, cell => cell.PerSecond):0} | {Median(cells, cell => cell.EnvoyMicroseconds):0} | {Median(cells, cell => cell.CagentMicroseconds):0} ")
                    .Append(CultureInfo.InvariantCulture,
                    $"| {Ratio(cells, plain, cell => cell.Percentile(0.5)):0.00} | {Ratio(cells, plain, cell => cell.PerSecond):0.00} |\n");
            }
        }

        return text.ToString();
    }

    private static string Unit(string name) => name.Split(' ')[0] switch
    {
        "download" => "MiB/s",
        "events" => "events/s",
        "handshake" => "handshakes/s",
        _ => "req/s",
    };

    private static double Ratio(List<Cell> cells, List<Cell> plain, Func<Cell, double> value) => MedianOf(cells.Zip(plain, (one, other) => value(one) / value(other)));

    private static double Median(List<Cell> cells, Func<Cell, double> value) => MedianOf(cells.Select(value));

    private static double MedianOf(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered.Length == 0 ? double.NaN : ordered[ordered.Length / 2];
    }
}
