// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Load.Overhead;

/// <summary>What one way did in one case.</summary>
/// <param name="Milliseconds">The time of each request, event or handshake.</param>
/// <param name="PerSecond">Requests, events, handshakes or MiB a second.</param>
/// <param name="EnvoyMicroseconds">Processor time of Envoy for each of them.</param>
/// <param name="CagentMicroseconds">Processor time of Cagent for each of them.</param>
internal sealed record Cell(IReadOnlyList<double> Milliseconds, double PerSecond, double EnvoyMicroseconds, double CagentMicroseconds)
{
    public double Percentile(double share)
    {
        double[] ordered = [.. Milliseconds.Order()];
        return ordered.Length == 0 ? double.NaN : ordered[Math.Min(ordered.Length - 1, (int)(ordered.Length * share))];
    }
}
