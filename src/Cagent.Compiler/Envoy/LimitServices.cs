// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Limits;
using Envoy.Config.Core.V3;
using Envoy.Config.Ratelimit.V3;
using Envoy.Config.Route.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;
using GlobalLimit = Envoy.Extensions.Filters.Http.Ratelimit.V3.RateLimit;
using MetaData = Envoy.Config.Route.V3.RateLimit.Types.Action.Types.MetaData;
using RfcVersion = Envoy.Extensions.Filters.Http.Ratelimit.V3.RateLimit.Types.XRateLimitHeadersRFCVersion;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// The two filters that speak the rate-limit protocol, behind ext_authz, whose metadata says of which request they have something to ask or
/// to tell. Their bytes are constant: which limits there are, and which agents have bounds, is in no listener. A request of which the
/// metadata says nothing costs no call.
/// </summary>
internal static class LimitServices
{
    /// <summary>Asks the rate-limit service. Without its answer nothing passes.</summary>
    public static GlobalLimit Global() => Service(RateLimitMetadata.GlobalDomain, EnvoyNames.LimitsCluster, new RateLimit
    {
        Actions = { Read(RateLimitMetadata.GlobalClass), Read(RateLimitMetadata.GlobalEntry), Read(RateLimitMetadata.GlobalAgent) },
    });

    /// <summary>Tells at its end that a counted request or tunnel is no longer open. It asks nothing, so nothing waits for it.</summary>
    public static GlobalLimit Slots() => Service(SlotMetadata.Domain, EnvoyNames.SlotsCluster, new RateLimit
    {
        Actions = { Read(SlotMetadata.Slot) },
        ApplyOnStreamDone = true,
    });

    private static GlobalLimit Service(string domain, string cluster, RateLimit limit) => new()
    {
        Domain = domain,
        Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
        FailureModeDeny = true,
        StatusOnError = new HttpStatus { Code = StatusCode.ServiceUnavailable },
        EnableXRatelimitHeaders = RfcVersion.DraftVersion03,
        EnableRetryAfterHeader = true,
        DisableXEnvoyRatelimitedHeader = true,
        StatPrefix = domain.Replace('.', '_'),
        RateLimitService = new RateLimitServiceConfig
        {
            TransportApiVersion = ApiVersion.V3,
            GrpcService = new GrpcService { EnvoyGrpc = new GrpcService.Types.EnvoyGrpc { ClusterName = cluster, Authority = EnvoyNames.Authority } },
        },
        RateLimits = { limit },
    };

    /// <summary>Without a default: what is absent drops the descriptor, and without a descriptor there is no call.</summary>
    private static RateLimit.Types.Action Read(string key) => new()
    {
        Metadata = new MetaData
        {
            DescriptorKey = key,
            MetadataKey = new() { Key = ExtAuthzFilter.Metadata, Path = { new global::Envoy.Type.Metadata.V3.MetadataKey.Types.PathSegment { Key = key } } },
            Source = MetaData.Types.Source.Dynamic,
        },
    };
}
