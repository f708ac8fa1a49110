// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Cluster.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>Takes addresses of an upstream out of use that fail, while it has others.</summary>
internal static class Ejections
{
    /// <summary>
    /// Failures are 502, 503, 504 and what ends without an answer. Not 500: one agent could provoke it and take the upstream from all
    /// others. When no address is left, all are used: an upstream that is down answers for itself.
    /// </summary>
    public static void Apply(Cluster cluster, uint failures)
    {
        cluster.OutlierDetection = new OutlierDetection
        {
            ConsecutiveGatewayFailure = failures,
            EnforcingConsecutiveGatewayFailure = 100,
            Interval = Seconds(1),
            BaseEjectionTime = Seconds(30),
            MaxEjectionTime = Seconds(300),
            MaxEjectionPercent = 100,
            EnforcingConsecutive5Xx = 0,
            EnforcingSuccessRate = 0,
            EnforcingLocalOriginSuccessRate = 0,
            EnforcingFailurePercentage = 0,
        };
        // By default all addresses are used again when half of them rest.
        cluster.CommonLbConfig = new() { HealthyPanicThreshold = new() { Value = 1 } };
    }

    private static Duration Seconds(int seconds) => Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds));
}
