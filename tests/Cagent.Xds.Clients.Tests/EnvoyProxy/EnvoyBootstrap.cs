// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Google.Protobuf;
using ApiType = Envoy.Config.Core.V3.ApiConfigSource.Types.ApiType;

namespace Cagent.Xds.Clients.Tests.EnvoyProxy;

/// <summary>The file that an Envoy starts with, and the same source of configuration for the resources that it gets.</summary>
internal static class EnvoyBootstrap
{
    /// <summary>Where Envoy asks: on its one stream, or on a stream of that type's own service.</summary>
    public static ConfigSource Source(XdsVariant variant)
    {
        ConfigSource source = new() { ResourceApiVersion = ApiVersion.V3 };
        if (variant.IsAggregated)
        {
            source.Ads = new AggregatedConfigSource();
        }
        else
        {
            source.ApiConfigSource = Api(variant);
        }

        return source;
    }

    /// <param name="variant">How Envoy speaks.</param>
    /// <param name="xdsPort">Where the xDS server or what stands before it listens.</param>
    /// <param name="adminPort">Where Envoy's own status is asked for.</param>
    /// <param name="reportsLoad">Whether it reports its load to the xDS server.</param>
    /// <param name="features">What Envoy says it supports. By itself it says nothing (envoy-dynamics 4.1), of time to live neither, though it does.</param>
    public static string Write(XdsVariant variant, int xdsPort, int adminPort, bool reportsLoad = false, params string[] features)
    {
        string source = JsonFormatter.Default.Format(Source(variant));
        string ads = variant.IsAggregated ? $", \"ads_config\": {JsonFormatter.Default.Format(Api(variant))}" : "";
        string load = reportsLoad ? $"\"cluster_manager\": {{\"load_stats_config\": {JsonFormatter.Default.Format(Api(new XdsVariant(false, true)))}}}," : "";
        return $$$"""
            {
              "node": {"id": "envoy-1", "cluster": "clients", "client_features": [{{{string.Join(", ", features.Select(feature => $"\"{feature}\""))}}}]},
              "admin": {"address": {{{Address(adminPort)}}} },
              {{{load}}}
              "dynamic_resources": {"lds_config": {{{source}}}, "cds_config": {{{source}}}{{{ads}}} },
              "static_resources": {"clusters": [{
                "name": "xds", "type": "STATIC", "connect_timeout": "5s",
                "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                  "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                  "explicit_http_config": {"http2_protocol_options": {"connection_keepalive": {"interval": "2s", "timeout": "2s"} } } } },
                "load_assignment": {"cluster_name": "xds", "endpoints": [{"lb_endpoints": [{"endpoint": {"address": {{{Address(xdsPort)}}} } }]}]}
              }]}
            }
            """;
    }

    private static ApiConfigSource Api(XdsVariant variant) => new()
    {
        ApiType = variant.IsDelta ? ApiType.DeltaGrpc : ApiType.Grpc,
        TransportApiVersion = ApiVersion.V3,
        GrpcServices = { new GrpcService { EnvoyGrpc = new GrpcService.Types.EnvoyGrpc { ClusterName = "xds" } } },
    };

    private static string Address(int port) => $$$"""{"socket_address": {"address": "127.0.0.1", "port_value": {{{port}}} } }""";
}
