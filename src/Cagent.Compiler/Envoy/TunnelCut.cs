// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// Plain text inside a tunnel: an agent gets a typed 400. To the listener <c>cut</c> the answer is a 503, for which the
/// host of the entry's gate is ejected at once; that ends every tunnel of the entry and nothing else. An agent that sends
/// the header itself gets the 503 as bytes of its tunnel, in which Envoy sees no status.
/// </summary>
internal static class TunnelCut
{
    public static FilterChain PlainTextChain() => new()
    {
        Name = "text",
        FilterChainMatch = new FilterChainMatch { TransportProtocol = "raw_buffer" },
        Filters =
        {
            TypedConfig.Network(EnvoyNames.SniFilter, FilterState.OnConnection(FilterState.ConnectionId())),
            TypedConfig.Network("envoy.filters.network.http_connection_manager", Manager()),
        },
    };

    private static HttpConnectionManager Manager() => new()
    {
        StatPrefix = "cut",
        CodecType = HttpConnectionManager.Types.CodecType.Http1,
        ServerHeaderTransformation = HttpConnectionManager.Types.ServerHeaderTransformation.PassThrough,
        StreamIdleTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
        RequestHeadersTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
        DelayedCloseTimeout = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100)),
        CommonHttpProtocolOptions = new() { IdleTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) },
        LocalReplyConfig = LocalReplies.OfPlainText(),
        AccessLog = { AccessLogs.InTunnel(EnvoyNames.GateListener) },
        HttpFilters = { TypedConfig.Http("envoy.filters.http.router", new Router()) },
        RouteConfig = new RouteConfiguration
        {
            Name = "cut",
            ResponseHeadersToAdd = { Header("connection", "close") },
            VirtualHosts =
            {
                new VirtualHost
                {
                    Name = "cut",
                    Domains = { "*" },
                    Routes =
                    {
                        new Route
                        {
                            Match = new RouteMatch { Prefix = "/", Headers = { new HeaderMatcher { Name = EnvoyNames.CutHeader, PresentMatch = true } } },
                            DirectResponse = new DirectResponseAction { Status = 503 },
                        },
                        new Route
                        {
                            Match = new RouteMatch { Prefix = "/" },
                            DirectResponse = new DirectResponseAction { Status = 400, Body = new DataSource { InlineString = "denied" } },
                        },
                    },
                },
            },
        },
    };

    private static HeaderValueOption Header(string key, string value) => new()
    {
        Header = new HeaderValue { Key = key, Value = value },
        AppendAction = HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExistsOrAdd,
    };
}
