// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Cagent.ControlPlane.Envoys;

/// <summary>What Envoy counts for one cluster. A cluster without any traffic has no counters (deferred stats), which reads as zero.</summary>
/// <param name="Active">Open connections, a running cut's own one among them.</param>
/// <param name="Total">Connections ever opened.</param>
/// <param name="IsArmed">Whether its host is healthy: only the step from healthy to failed ends connections.</param>
/// <param name="Cuts">How often its host was marked as failed from outside, which cuts do and checks do not.</param>
internal readonly record struct TunnelCounts(long Active, long Total, bool IsArmed, long Cuts = 0)
{
    /// <summary>The filter that selects the counters of these clusters.</summary>
    public static string Filter(IEnumerable<TunnelTarget> targets) =>
        $@"^cluster\.({string.Join('|', targets.Select(target => Regex.Escape(target.StatName)))})\.(upstream_cx_active|upstream_cx_total|membership_healthy|health_check\.passive_failure)$";

    public static TunnelCounts Of(TunnelTarget target, FrozenDictionary<string, long> stats) => new(
        stats.GetValueOrDefault($"cluster.{target.StatName}.upstream_cx_active"),
        stats.GetValueOrDefault($"cluster.{target.StatName}.upstream_cx_total"),
        stats.GetValueOrDefault($"cluster.{target.StatName}.membership_healthy") > 0,
        stats.GetValueOrDefault($"cluster.{target.StatName}.health_check.passive_failure"));
}
