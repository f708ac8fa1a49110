// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Load;

/// <summary>One row of the table.</summary>
internal sealed record IdleReport(
    IdleOptions Options,
    TimeSpan Ready,
    ProcessReading Envoy,
    double EnvoyPercent,
    ProcessReading Cagent,
    double CagentPercent,
    double AddedMedian,
    double AddedMax,
    double RemovedMedian,
    ProcessReading EnvoyAfter,
    ProcessReading CagentAfter,
    int Refusals)
{
    public const string Header =
        "| domains (used) | ready | Envoy RSS | Envoy idle CPU | Envoy fds | cagent RSS | cagent idle CPU | cagent fds | +1 domain, median / max | -1 domain, median | after the edits: Envoy RSS, fds | cagent RSS, fds | NACKs |\n"
        + "|---|---|---|---|---|---|---|---|---|---|---|---|---|";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Options.Domains} ({Options.Used}) | {Ready.TotalSeconds:0.0} s | {Envoy.MiB} MiB | {EnvoyPercent:0.0} % | {Envoy.Descriptors} | {Cagent.MiB} MiB | {CagentPercent:0.0} % | {Cagent.Descriptors} | {AddedMedian:0} / {AddedMax:0} ms | {RemovedMedian:0} ms | {EnvoyAfter.MiB} MiB, {EnvoyAfter.Descriptors} | {CagentAfter.MiB} MiB, {CagentAfter.Descriptors} | {Refusals} |");
}
