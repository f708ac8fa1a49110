// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Envoy.Data.Accesslog.V3;

namespace Cagent.Audit.AccessLogs;

/// <summary>Envoy's response flags in the short spelling of its own documentation and text logs.</summary>
internal static class ResponseFlagNames
{
    private static readonly ImmutableArray<(Func<ResponseFlags, bool> IsSet, string Name)> All =
    [
        (flags => flags.FailedLocalHealthcheck, "LH"),
        (flags => flags.NoHealthyUpstream, "UH"),
        (flags => flags.UpstreamRequestTimeout, "UT"),
        (flags => flags.LocalReset, "LR"),
        (flags => flags.UpstreamRemoteReset, "UR"),
        (flags => flags.UpstreamConnectionFailure, "UF"),
        (flags => flags.UpstreamConnectionTermination, "UC"),
        (flags => flags.UpstreamOverflow, "UO"),
        (flags => flags.NoRouteFound, "NR"),
        (flags => flags.DelayInjected, "DI"),
        (flags => flags.FaultInjected, "FI"),
        (flags => flags.RateLimited, "RL"),
        (flags => flags.UnauthorizedDetails is not null, "UAEX"),
        (flags => flags.RateLimitServiceError, "RLSE"),
        (flags => flags.DownstreamConnectionTermination, "DC"),
        (flags => flags.UpstreamRetryLimitExceeded, "URX"),
        (flags => flags.StreamIdleTimeout, "SI"),
        (flags => flags.InvalidEnvoyRequestHeaders, "IH"),
        (flags => flags.DownstreamProtocolError, "DPE"),
        (flags => flags.UpstreamMaxStreamDurationReached, "UMSDR"),
        (flags => flags.ResponseFromCacheFilter, "RFCF"),
        (flags => flags.NoFilterConfigFound, "NFCF"),
        (flags => flags.DurationTimeout, "DT"),
        (flags => flags.UpstreamProtocolError, "UPE"),
        (flags => flags.NoClusterFound, "NC"),
        (flags => flags.OverloadManager, "OM"),
        (flags => flags.DnsResolutionFailure, "DF"),
        (flags => flags.DownstreamRemoteReset, "DR"),
    ];

    /// <summary>The names of the flags that are set.</summary>
    public static ImmutableArray<string> Of(ResponseFlags? flags) =>
        flags is null ? [] : [.. All.Where(flag => flag.IsSet(flags)).Select(flag => flag.Name)];
}
