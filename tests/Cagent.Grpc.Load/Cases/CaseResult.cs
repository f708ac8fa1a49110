// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Load.Cases;

/// <summary>One measurement.</summary>
/// <param name="Value">The rate or time, as the case says.</param>
/// <param name="P50">Median latency in microseconds; 0 where a case has none.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="CpuPerMessage">CPU of the peer in microseconds per message.</param>
/// <param name="BytesPerMessage">Bytes that the peer allocated per message.</param>
/// <param name="ResidentMiB">Resident memory of the peer at the end.</param>
internal sealed record CaseResult(double Value, double P50, double P99, double CpuPerMessage, double BytesPerMessage, double ResidentMiB)
{
    /// <summary>The 99.9th percentile in microseconds.</summary>
    public double P999 { get; init; }
}
