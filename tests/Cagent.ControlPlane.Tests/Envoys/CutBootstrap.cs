// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.ControlPlane.Tests.Envoys;

/// <summary>
/// The part of the product's Envoy that cutting needs, on pipes alone: <c>front-NAME.sock</c> leads through <c>gate@NAME</c> to the
/// internal listener gate, which answers HTTP/1.1 with a 503, which ejects the host, and sends all else to <c>echo.sock</c>.
/// </summary>
internal static class CutBootstrap
{
    public static string Write(TimeSpan armInterval, params string[] names)
    {
        string interval = string.Create(CultureInfo.InvariantCulture, $"{armInterval.TotalSeconds}s");
        string listeners = string.Concat(names.Select(Front));
        string clusters = string.Concat(names.Select(name => Gate(name, interval)));
        return """
            admin: {address: {pipe: {path: run/admin.sock, mode: 384}}}
            bootstrap_extensions:
            - name: envoy.bootstrap.internal_listener
              typed_config: {'@type': type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener}
            deferred_stat_options: {enable_deferred_creation_stats: true}
            static_resources:
              listeners:
              - name: cut
                address: {pipe: {path: run/cut.sock, mode: 384}}
                filter_chains: [{filters: [<cut>]}]
              - name: gate
                internal_listener: {}
                listener_filters:
                - name: http_inspector
                  typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector}
                filter_chains:
                - filter_chain_match: {application_protocols: [http/1.0, http/1.1]}
                  filters: [<text>]
                - filters: [{name: tcp, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: echo, cluster: echo}}]
            <listeners>
              clusters:
              - name: echo
                type: STATIC
                connect_timeout: 1s
                load_assignment: {cluster_name: echo, endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: run/echo.sock}}}}]}]}
            <clusters>
            """
            .Replace("<cut>", Http("cut", "{match: {prefix: /, headers: [{name: x-cagent-cut, string_match: {safe_regex: {regex: '(gate|sni)@.+'}}}]}, route: {cluster_header: x-cagent-cut, timeout: 2s}}"), StringComparison.Ordinal)
            .Replace("<text>", Http("text", "{match: {prefix: /}, direct_response: {status: 503}}", "response_headers_to_add: [{header: {key: connection, value: close}}], "), StringComparison.Ordinal)
            .Replace("<listeners>", listeners, StringComparison.Ordinal)
            .Replace("<clusters>", clusters, StringComparison.Ordinal);
    }

    private static string Front(string name) => """
          - name: front-<name>
            address: {pipe: {path: run/front-<name>.sock, mode: 384}}
            filter_chains: [{filters: [{name: tcp, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: front, cluster: "gate@<name>"}}]}]

        """.Replace("<name>", name, StringComparison.Ordinal);

    private static string Gate(string name, string interval) => """
          - name: "gate@<name>"
            alt_stat_name: gate_<name>
            type: STATIC
            connect_timeout: 1s
            transport_socket: {name: internal, typed_config: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport, transport_socket: {name: raw, typed_config: {'@type': type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer}}}}
            close_connections_on_host_health_failure: true
            outlier_detection: {consecutive_5xx: 1, enforcing_consecutive_5xx: 100, interval: <interval>, base_ejection_time: 0.001s, max_ejection_time: 0.001s, max_ejection_percent: 100, split_external_local_origin_errors: true, enforcing_consecutive_local_origin_failure: 0}
            load_assignment: {cluster_name: "gate@<name>", endpoints: [{lb_endpoints: [{endpoint: {address: {envoy_internal_address: {server_listener_name: gate}}}}]}]}

        """.Replace("<name>", name, StringComparison.Ordinal).Replace("<interval>", interval, StringComparison.Ordinal);

    private static string Http(string name, string route, string options = "") =>
        "{name: http, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager, "
        + $"stat_prefix: {name}, codec_type: HTTP1, route_config: {{name: {name}, {options}virtual_hosts: [{{name: {name}, domains: ['*'], routes: [{route}]}}]}}, "
        + "http_filters: [{name: router, typed_config: {'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}";
}
