// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Common.MutationRules.V3;
using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Http.ExtAuthz.V3;
using Envoy.Type.Matcher.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>The question to the policy service, the same on every hop.</summary>
internal static class ExtAuthzFilter
{
    /// <summary>The namespace of its dynamic metadata, whatever our name for the filter (envoy-reference, section 1).</summary>
    public const string Metadata = "envoy.filters.http.ext_authz";

    /// <summary>
    /// What the agent set is never identity: agent, tunnel and target travel as gRPC metadata that Envoy fills from
    /// filter state; the token that a hop also hands over is what the agent has to say for itself, no more. A service that is down, slow or wrong is a 503; nothing passes without an answer.
    /// </summary>
    public static ExtAuthz Config(params ReadOnlySpan<string> more) => new()
    {
        TransportApiVersion = ApiVersion.V3,
        GrpcService = new GrpcService
        {
            EnvoyGrpc = new GrpcService.Types.EnvoyGrpc { ClusterName = EnvoyNames.AuthzCluster, Authority = EnvoyNames.Authority },
            Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
            InitialMetadata =
            {
                FromState("x-cagent-source", EnvoyNames.SourceState),
                FromState("x-cagent-agent", EnvoyNames.AgentState),
                FromState("x-cagent-identity", EnvoyNames.IdentityState),
                FromState("x-cagent-tunnel", EnvoyNames.TunnelState),
                FromState("x-cagent-connect", EnvoyNames.ConnectState),
                FromState("x-cagent-request", EnvoyNames.RequestState),
                FromState("x-cagent-connection", EnvoyNames.ConnectionState),
            },
        },
        FailureModeAllow = false,
        StatusOnError = new HttpStatus { Code = StatusCode.ServiceUnavailable },
        ClearRouteCache = false,
        IncludeTlsSession = true,
        AllowedHeaders = new ListStringMatcher
        {
            // The last ones are part of what a signature of AWS covers.
            Patterns = { Headers([":authority", ":method", ":path", ":scheme", "content-type", "content-length", "upgrade", .. more, "content-md5"]), new StringMatcher { Prefix = "x-amz-" } },
        },
        EncodeRawHeaders = true,
        ValidateMutations = true,
        DecoderHeaderMutationRules = new HeaderMutationRules
        {
            DisallowSystem = true,
            // The query may carry a credential. Nothing of the route depends on it, and the route has been chosen.
            AllowExpression = new RegexMatcher { Regex = "^:path$" },
            DisallowIsError = true,
            DisallowExpression = new RegexMatcher { Regex = "(?i)^(host|x-envoy-.*|x-cagent-.*)$" },
        },
        EmitFilterStateStats = true,
        ChargeClusterResponseStats = false,
        StatPrefix = "cagent",
    };

    /// <summary>Inside a tunnel the route may also hand over what the agent put where a placeholder is swapped.</summary>
    public static ExtAuthz InsideTunnels()
    {
        ExtAuthz config = Config();
        config.GrpcService.InitialMetadata.Add(FromState("x-cagent-presented", EnvoyNames.PresentedState));
        return config;
    }

    /// <summary>Which hop asks, and for which entry: constants of the route, never of the request.</summary>
    public static ExtAuthzPerRoute PerRoute(string hop, string? entry = null)
    {
        CheckSettings settings = new() { ContextExtensions = { ["hop"] = hop } };
        if (entry is not null)
        {
            settings.ContextExtensions["entry"] = entry;
        }

        return new ExtAuthzPerRoute { CheckSettings = settings };
    }

    /// <summary>
    /// The same for an entry's own requests. Where a signature covers the body Envoy holds the request back until it has all of it, and hands
    /// it over; a larger one is refused with 413 and never sent.
    /// </summary>
    public static ExtAuthzPerRoute PerRoute(string hop, EntryIr entry)
    {
        ExtAuthzPerRoute route = PerRoute(hop, entry.RequestId);
        if (entry.Credential is { SignsBody: true })
        {
            route.CheckSettings.ContextExtensions["body"] = "whole";
            route.CheckSettings.WithRequestBody = new BufferSettings
            {
                MaxRequestBytes = (uint)Math.Min(entry.MaxRequestBody ?? EnvoyNames.MaxSignedBody, EnvoyNames.MaxSignedBody),
                AllowPartialMessage = false,
                PackAsBytes = true,
            };
        }

        return route;
    }

    private static HeaderValue FromState(string header, string key) => new() { Key = header, Value = $"%FILTER_STATE({key}:PLAIN)%" };

    private static IEnumerable<StringMatcher> Headers(params string[] names) => names.Select(name => new StringMatcher { Exact = name });
}
