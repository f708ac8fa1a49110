// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using UpgradeConfig = Envoy.Config.Route.V3.RouteAction.Types.UpgradeConfig;

namespace Cagent.Compiler.Envoy;

/// <summary>What the route configurations share.</summary>
internal static class Routes
{
    /// <summary>Longest life of a tunnel, or of a stream inside one. Ending them early is the cut's job; this bounds what the cut could miss.</summary>
    public static readonly TimeSpan LongestTunnel = TimeSpan.FromHours(24);

    /// <summary>
    /// Longest life of a plain-HTTP stream. Nothing in Envoy can end one of them alone, so this is the bound within which
    /// a removed plain entry has stopped for good (envoy-reference, section 4, "not covered").
    /// </summary>
    public static readonly TimeSpan LongestPlainStream = TimeSpan.FromMinutes(15);

    public static RouteConfiguration Configuration(string name, VirtualHost last) => new()
    {
        Name = name,
        RequestHeadersToRemove = { HeaderHygiene.RemovedFromRequests },
        ResponseHeadersToRemove = { HeaderHygiene.RemovedFromResponses },
        MostSpecificHeaderMutationsWins = true,
        VirtualHosts = { last },
    };

    public static RouteMatch Connect(HeaderMatcher? header = null)
    {
        RouteMatch match = new() { ConnectMatcher = new RouteMatch.Types.ConnectMatcher() };
        if (header is not null)
        {
            match.Headers.Add(header);
        }

        return match;
    }

    public static HeaderMatcher Authority(string regex) => new()
    {
        Name = ":authority",
        StringMatch = new StringMatcher { SafeRegex = new RegexMatcher { Regex = regex } },
    };

    /// <summary>Ends a CONNECT here and passes its bytes on to a cluster.</summary>
    public static RouteAction Tunnel(string cluster, TimeSpan idleTimeout) => new()
    {
        Cluster = cluster,
        Timeout = Duration.FromTimeSpan(TimeSpan.Zero),
        IdleTimeout = Duration.FromTimeSpan(idleTimeout),
        MaxStreamDuration = new() { MaxStreamDuration_ = Duration.FromTimeSpan(LongestTunnel) },
        UpgradeConfigs = { new UpgradeConfig { UpgradeType = "CONNECT", ConnectConfig = new UpgradeConfig.Types.ConnectConfig() } },
    };

    /// <summary>
    /// A request to the upstream. <c>timeout</c> is off because a route with <c>max_stream_duration</c> ignores it; the
    /// policy's timeout, to the response headers and never cutting a stream, is <c>per_try_timeout</c> (envoy-reference, section 6).
    /// </summary>
    public static RouteAction Request(string cluster, EntryIr entry, TimeSpan longest) => new()
    {
        Cluster = cluster,
        Timeout = Duration.FromTimeSpan(TimeSpan.Zero),
        IdleTimeout = Duration.FromTimeSpan(entry.IdleTimeout),
        MaxStreamDuration = new() { MaxStreamDuration_ = Duration.FromTimeSpan(longest) },
        RetryPolicy = Retries.Unsent(entry),
    };

    /// <summary>A WebSocket, over the HTTP/1.1 twin of the upstream; idle as long as the entry allows.</summary>
    public static RouteAction WebSocket(string cluster, EntryIr entry, TimeSpan longest) => new()
    {
        Cluster = cluster,
        Timeout = Duration.FromTimeSpan(TimeSpan.Zero),
        IdleTimeout = Duration.FromTimeSpan(entry.IdleTimeout),
        MaxStreamDuration = new() { MaxStreamDuration_ = Duration.FromTimeSpan(longest) },
        UpgradeConfigs = { new UpgradeConfig { UpgradeType = "websocket" } },
    };

    public static HeaderMatcher IsWebSocket() => new() { Name = "upgrade", StringMatch = new StringMatcher { Exact = "websocket", IgnoreCase = true } };

    public static Metadata EntryMetadata(EntryIr entry) => new()
    {
        FilterMetadata = { ["cagent"] = new Struct { Fields = { ["entry"] = Value.ForString(entry.Name) } } },
    };

    public static void Configure(MapField<string, Any> perFilter, string filter, IMessage config) => perFilter[filter] = TypedConfig.Pack(config);

    /// <summary>
    /// Everything that no entry names. ext_authz is asked all the same, because its denial carries the reason; should it
    /// allow, Envoy denies.
    /// </summary>
    public static VirtualHost Deny(string? hop, bool connect)
    {
        VirtualHost host = new() { Name = "deny", Domains = { "*" } };
        if (hop is not null)
        {
            Configure(host.TypedPerFilterConfig, EnvoyNames.AuthzFilter, ExtAuthzFilter.PerRoute(hop));
            Configure(host.TypedPerFilterConfig, EnvoyNames.AllowFilter, Rbac.Off());
        }

        if (connect)
        {
            host.Routes.Add(new Route { Match = Connect(), DirectResponse = Denied() });
        }

        host.Routes.Add(new Route { Match = new RouteMatch { Prefix = "/" }, DirectResponse = Denied() });
        return host;
    }

    public static DirectResponseAction Denied() => new() { Status = 403, Body = new DataSource { InlineString = "denied" } };
}
