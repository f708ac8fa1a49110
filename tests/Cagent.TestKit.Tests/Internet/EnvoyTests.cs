// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Dns;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tests.Internet;

/// <summary>The kit against the program it is made for: a static Envoy that tunnels CONNECT to one name.</summary>
public sealed class EnvoyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [EnvoyFact]
    public async Task Envoy_ResolvesThroughTestDns_AndClientsReachTheUpstream()
    {
        await using TestInternet internet = TestInternet.Start();
        Upstream upstream = await internet.AddHttpsAsync("api.example.com", address: IPAddress.Parse("127.0.0.2"));
        AgentProxy proxy = new(new IPEndPoint(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback)));
        using TemporaryFolder folder = new();
        string file = folder.Combine("envoy.yaml");
        File.WriteAllText(file, Bootstrap(proxy.EndPoint.Port, upstream.Port, internet.Dns.EndPoint.Port));
        await using RunningProcess envoy = RunningProcess.Start(EnvoyBinary.Require(), ["-c", file, "--use-dynamic-base-id", "--concurrency", "1"]);
        await Eventually.TrueAsync(() => AcceptsAsync(proxy), Long, "Envoy listens");

        foreach (bool isHttp2 in new[] { false, true })
        {
            using ProxyHttp http = new(proxy, new ProxyHttpOptions { Trust = internet.Ca.Trust(), IsHttp2 = isHttp2 });
            RequestEcho echo = (await http.Client.GetFromJsonAsync<RequestEcho>(new Uri("https://api.example.com/x")))!;
            Assert.Equal(isHttp2 ? "HTTP/2" : "HTTP/1.1", echo.Protocol);
        }

        await using RawTunnel refused = await new RawProxy(proxy).ConnectAsync("other.example.com:443");
        Assert.Equal(404, refused.Response.Status);
        Assert.Contains(internet.Dns.Queries, query => query is { Name: "api.example.com", Type: DnsType.A });
        Assert.Equal(["api.example.com", "api.example.com"], upstream.ServerNames);
    }

    private static async Task<bool> AcceptsAsync(AgentProxy proxy)
    {
        try
        {
            await using RawConnection connection = await new RawProxy(proxy).DialAsync();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Bootstrap(int listen, int upstream, int dns) => $$$$$"""
        static_resources:
          listeners:
          - address: {socket_address: {address: 127.0.0.1, port_value: {{{{{listen}}}}}}}
            filter_chains:
            - filters:
              - name: http
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: fwd
                  upgrade_configs: [{upgrade_type: CONNECT}]
                  route_config:
                    virtual_hosts:
                    - name: api
                      domains: ["api.example.com:443"]
                      routes:
                      - match: {connect_matcher: {}}
                        route: {cluster: up, upgrade_configs: [{upgrade_type: CONNECT, connect_config: {}}]}
                  http_filters:
                  - name: router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          clusters:
          - name: up
            connect_timeout: 2s
            cluster_type:
              name: envoy.clusters.dns
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.clusters.dns.v3.DnsCluster
                dns_lookup_family: V4_ONLY
                typed_dns_resolver_config:
                  name: envoy.network.dns_resolver.cares
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig
                    resolvers: [{socket_address: {address: 127.0.0.1, port_value: {{{{{dns}}}}}}}]
                    dns_resolver_options: {no_default_search_domain: true}
            load_assignment:
              cluster_name: up
              endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: api.example.com, port_value: {{{{{upstream}}}}}}}}}]}]
        """;
}
