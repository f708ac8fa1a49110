// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Envoys;

/// <summary>One line of Envoy's log in the format <c>[level][component] text</c>, with the level it has for us.</summary>
/// <param name="Level">Our level.</param>
/// <param name="Component">Envoy's logger; empty for a line in another format.</param>
/// <param name="Text">The message, at most <see cref="MaxText"/> characters.</param>
internal readonly record struct EnvoyLogLine(LogLevel Level, string Component, string Text)
{
    public const int MaxText = 2000;

    /// <summary>Warnings that every run of ours makes and nobody can act on.</summary>
    private static readonly string[] Noise =
    [
        "marked as work-in-progress",
        "gRPC config stream to ",           // the control plane itself knows when its stream closes
        "DeltaAggregatedResources gRPC config stream",
        "caught ENVOY_SIGTERM",
    ];

    public static EnvoyLogLine Parse(string line)
    {
        if (line.Length > 2 && line[0] == '[' && line.IndexOf(']', StringComparison.Ordinal) is > 0 and var levelEnd
            && line.Length > levelEnd + 1 && line[levelEnd + 1] == '['
            && line.IndexOf(']', levelEnd + 1) is > 0 and var componentEnd)
        {
            string text = Bounded(line[(componentEnd + 1)..].TrimStart());
            return new EnvoyLogLine(LevelOf(line[1..levelEnd], text), line[(levelEnd + 2)..componentEnd], text);
        }
        return new EnvoyLogLine(LogLevel.Warning, "", Bounded(line));
    }

    // Envoy's info lines tell its operator what we tell ours ourselves, hundreds of them at a start.
    private static LogLevel LevelOf(string level, string text) => level switch
    {
        "critical" => LogLevel.Error,
        "error" => LogLevel.Error,
        "warning" => Noise.Any(noise => text.Contains(noise, StringComparison.Ordinal)) ? LogLevel.Debug : LogLevel.Warning,
        "info" => LogLevel.Debug,
        _ => LogLevel.Trace,
    };

    private static string Bounded(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";
}
