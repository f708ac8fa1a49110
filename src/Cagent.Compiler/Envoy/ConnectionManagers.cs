// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;
using EscapedSlashes = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager.Types.PathWithEscapedSlashesAction;
using ServerHeader = Envoy.Extensions.Filters.Network.HttpConnectionManager.V3.HttpConnectionManager.Types.ServerHeaderTransformation;
using Underscores = Envoy.Config.Core.V3.HttpProtocolOptions.Types.HeadersWithUnderscoresAction;

namespace Cagent.Compiler.Envoy;

/// <summary>The hardened HTTP connection manager that every hop starts from.</summary>
internal static class ConnectionManagers
{
    /// <summary>
    /// Path options: Envoy resolves dot segments and decodes unreserved characters, merges and unescapes nothing;
    /// ext_authz then sees exactly what is forwarded and refuses what is not canonical (envoy-reference, section 2).
    /// </summary>
    public static HttpConnectionManager Hardened(string hop, string routes, LocalReplyConfig replies, IEnumerable<HttpFilter> filters) => new()
    {
        StatPrefix = hop,
        Rds = new Rds { RouteConfigName = routes, ConfigSource = XdsConfigSource.Ads(TimeSpan.FromSeconds(30)) },
        UseRemoteAddress = true,
        SkipXffAppend = true,
        InternalAddressConfig = new() { CidrRanges = { new CidrRange { AddressPrefix = "127.255.255.255", PrefixLen = 32 } } },
        ServerHeaderTransformation = ServerHeader.PassThrough,
        NormalizePath = true,
        MergeSlashes = false,
        PathWithEscapedSlashesAction = EscapedSlashes.KeepUnchanged,
        StripTrailingHostDot = true,
        MaxRequestHeadersKb = 60,
        RequestHeadersTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
        StreamIdleTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(300)),
        CommonHttpProtocolOptions = new()
        {
            HeadersWithUnderscoresAction = Underscores.RejectRequest,
            IdleTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(600)),
            MaxHeadersCount = 100,
        },
        EarlyHeaderMutationExtensions = { HeaderHygiene.Early() },
        AccessLog = { AccessLogs.Http(hop) },
        LocalReplyConfig = replies,
        HttpFilters = { filters },
    };

    /// <summary>
    /// The explicit proxy's side: HTTP/1.1 and CONNECT. CONNECT is enabled here and not on routes only, or a refused one
    /// would get an untyped 403 before any filter ran.
    /// </summary>
    public static HttpConnectionManager AcceptingConnect(HttpConnectionManager manager)
    {
        manager.CodecType = HttpConnectionManager.Types.CodecType.Http1;
        // The wait before the FIN of a refused CONNECT, and of a cut tunnel: 1 s by default.
        manager.DelayedCloseTimeout = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100));
        manager.UpgradeConfigs.Add(new HttpConnectionManager.Types.UpgradeConfig { UpgradeType = "CONNECT" });
        return manager;
    }

    /// <summary>
    /// Reports what is counted while it runs. On the hops that ask ext_authz, and on no other: what passes two of them is counted on one, where the
    /// answer says so.
    /// </summary>
    public static HttpConnectionManager Counting(string hop, HttpConnectionManager manager)
    {
        manager.AccessLog.Clear();
        manager.AccessLog.Add(AccessLogs.WhileOpen(hop));
        manager.AccessLogOptions = new() { AccessLogFlushInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)) };
        return manager;
    }

    /// <summary>The id of a request, taken before the routes remove <c>x-request-id</c>.</summary>
    public static HttpFilter RequestId() => TypedConfig.Http(EnvoyNames.RequestFilter, FilterState.OnRequest(
        FilterState.Unbounded(EnvoyNames.RequestState, "%STREAM_ID%")));

    /// <summary>The last filter; it guards the resolved address of every upstream that does not bring its own chain.</summary>
    public static HttpFilter Router(EgressIr ir) => TypedConfig.Http("envoy.filters.http.router", new Router
    {
        SuppressEnvoyHeaders = true,
        RejectConnectRequestEarlyData = true,
        UpstreamHttpFilters = { AddressGuard.UpstreamFilters(ir.ForbiddenUpstreams, []) },
    });
}
