// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Cagent.ControlPlane.Envoys;

/// <summary>Metrics of the supervised Envoy, in the meter <c>Cagent.ControlPlane</c>. Thread safe.</summary>
public sealed class EnvoyMetrics
{
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _servedVulnerable;

    /// <summary>Creates the instruments.</summary>
    public EnvoyMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Cagent.ControlPlane");
        _restarts = meter.CreateCounter<long>("cagent.envoy.restarts", "{restart}", "Times Envoy was started again after an exit that nobody asked for.");
        _refused = meter.CreateCounter<long>("cagent.envoy.refused", "{stream}", "xDS streams that the version gate refused: below_floor, version_unknown, not_envoy.");
        _servedVulnerable = meter.CreateCounter<long>("cagent.envoy.vulnerable", "{stream}", "xDS streams that were served below the security floor, as --allow-vulnerable-envoy says.");
    }

    internal void Restarted() => _restarts.Add(1);

    internal void Refused(EnvoyStanding standing) => _refused.Add(1, Tag(standing));

    internal void ServedVulnerable(EnvoyStanding standing) => _servedVulnerable.Add(1, Tag(standing));

    private static KeyValuePair<string, object?> Tag(EnvoyStanding standing) => new("cagent.envoy.standing", standing switch
    {
        EnvoyStanding.BelowFloor => "below_floor",
        EnvoyStanding.NotEnvoy => "not_envoy",
        _ => "version_unknown",
    });
}
