// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace Cagent.ControlPlane.Envoys;

/// <summary>Metrics of the supervised Envoy, in the meter <c>Cagent.ControlPlane</c>. Thread safe.</summary>
public sealed class EnvoyMetrics
{
    private readonly Counter<long> _restarts;

    /// <summary>Creates the instruments.</summary>
    public EnvoyMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Cagent.ControlPlane");
        _restarts = meter.CreateCounter<long>("cagent.envoy.restarts", "{restart}", "Times Envoy was started again after an exit that nobody asked for.");
    }

    internal void Restarted() => _restarts.Add(1);
}
