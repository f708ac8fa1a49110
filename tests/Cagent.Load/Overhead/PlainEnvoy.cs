// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;

namespace Cagent.Load.Overhead;

/// <summary>
/// The same Envoy without Cagent: CONNECT, TLS with one fixed certificate, a router, TLS to the origin, for every entry a route and a
/// cluster as Cagent makes them; and beside it CONNECT passed through. No log, no filter, no statistics sink. A third listener is as the
/// first, and asks an ext_authz service about every request inside the tunnel: what that adds is the cost of the question and nothing else.
/// </summary>
internal sealed class PlainEnvoy : IAsyncDisposable
{
    private const string Types = "type.googleapis.com/envoy.extensions.";
    private readonly TemporaryFolder _folder = new();
    private readonly RunningProcess _process;

    private PlainEnvoy(IReadOnlyList<string> hosts, int origin, string ca, string certificate, string key, IPEndPoint authz)
    {
        Decided = new IPEndPoint(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));
        Interception = new IPEndPoint(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));
        Passthrough = new IPEndPoint(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));
        string file = _folder.Combine("envoy.json");
        File.WriteAllText(file, Bootstrap(hosts, origin, ca, certificate, key, authz).ToJsonString());
        _process = RunningProcess.Start(EnvoyBinary.Require(),
            ["-c", file, "--concurrency", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture), "--use-dynamic-base-id", "--log-level", "warning"]);
    }

    public IPEndPoint Interception { get; }

    public IPEndPoint Passthrough { get; }

    public IPEndPoint Decided { get; }

    public int Id => _process.Id;

    public static async Task<PlainEnvoy> StartAsync(IReadOnlyList<string> hosts, int origin, string ca, string certificate, string key, IPEndPoint authz)
    {
        PlainEnvoy envoy = new(hosts, origin, ca, certificate, key, authz);
        await envoy._process.WaitUntilAsync(() => Answers(envoy.Interception) && Answers(envoy.Passthrough) && Answers(envoy.Decided), TimeSpan.FromMinutes(1), "listeners");
        return envoy;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static bool Answers(IPEndPoint at)
    {
        using System.Net.Sockets.Socket socket = new(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        try
        {
            socket.Connect(at);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false; // not yet
        }
    }

    private JsonObject Bootstrap(IReadOnlyList<string> hosts, int origin, string ca, string certificate, string key, IPEndPoint authz) => new()
    {
        ["bootstrap_extensions"] = new JsonArray(Extension("envoy.bootstrap.internal_listener", "type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener")),
        ["static_resources"] = new JsonObject
        {
            ["listeners"] = new JsonArray(
                Listener("interception", Interception, Chain(Manager("HTTP1", ConnectTo("bump")))),
                Listener("passthrough", Passthrough, Chain(Manager("HTTP1", ConnectTo("origin")))),
                Listener("decided", Decided, Chain(Manager("HTTP1", ConnectTo("bump_decided")))),
                Inside("bump", Chain(Manager("AUTO", [.. hosts.Select(Route)]), DownstreamTls(certificate, key))),
                Inside("bump_decided", Chain(Manager("AUTO", [.. hosts.Select(Route)], ExtAuthz()), DownstreamTls(certificate, key)))),
            ["clusters"] = new JsonArray(
            [
                Bump("bump"),
                Bump("bump_decided"),
                Authz(authz.Port),
                Cluster("origin", origin, null, null),
                .. hosts.Select(host => Cluster("up_" + host, origin, host, ca)),
            ]),
        },
    };

    private static JsonObject Listener(string name, IPEndPoint at, JsonObject chain) => new()
    {
        ["name"] = name,
        ["address"] = Address(at.Port),
        ["filter_chains"] = new JsonArray(chain),
    };

    private static JsonObject Inside(string name, JsonObject chain) => new()
    {
        ["name"] = name,
        ["internal_listener"] = new JsonObject(),
        ["filter_chains"] = new JsonArray(chain),
    };

    private static JsonObject Chain(JsonObject manager, JsonObject? tls = null)
    {
        JsonObject chain = new() { ["filters"] = new JsonArray(manager) };
        if (tls is not null)
        {
            chain["transport_socket"] = tls;
        }

        return chain;
    }

    private static JsonObject Manager(string codec, IReadOnlyList<JsonObject> virtualHosts, params ReadOnlySpan<JsonObject> filters)
    {
        JsonObject manager = Extension("envoy.filters.network.http_connection_manager", Types + "filters.network.http_connection_manager.v3.HttpConnectionManager");
        JsonObject config = manager["typed_config"]!.AsObject();
        config["stat_prefix"] = "plain";
        config["codec_type"] = codec;
        config["upgrade_configs"] = new JsonArray(new JsonObject { ["upgrade_type"] = "CONNECT" });
        config["route_config"] = new JsonObject { ["virtual_hosts"] = new JsonArray([.. virtualHosts]) };
        config["http_filters"] = new JsonArray([.. filters, Extension("envoy.filters.http.router", Types + "filters.http.router.v3.Router")]);
        return manager;
    }

    /// <summary>As Cagent sets it, but for what comes from its own filter state.</summary>
    private static JsonObject ExtAuthz()
    {
        JsonObject filter = Extension("envoy.filters.http.ext_authz", Types + "filters.http.ext_authz.v3.ExtAuthz");
        JsonObject config = filter["typed_config"]!.AsObject();
        config["transport_api_version"] = "V3";
        config["grpc_service"] = new JsonObject
        {
            ["envoy_grpc"] = new JsonObject { ["cluster_name"] = "authz", ["authority"] = "cagent" },
            ["timeout"] = "1s",
            ["initial_metadata"] = new JsonArray(new JsonObject { ["key"] = "x-cagent-request", ["value"] = "%STREAM_ID%" }),
        };
        config["include_tls_session"] = true;
        config["encode_raw_headers"] = true;
        config["validate_mutations"] = true;
        config["allowed_headers"] = new JsonObject
        {
            ["patterns"] = new JsonArray(
                [.. new[] { ":authority", ":method", ":path", ":scheme", "content-type", "content-length", "upgrade" }.Select(name => new JsonObject { ["exact"] = name })]),
        };
        return filter;
    }

    private static JsonObject Authz(int port)
    {
        JsonObject cluster = new() { ["name"] = "authz", ["type"] = "STATIC", ["load_assignment"] = Load("authz", Address(port)) };
        JsonObject options = new()
        {
            ["@type"] = Types + "upstreams.http.v3.HttpProtocolOptions",
            ["explicit_http_config"] = new JsonObject { ["http2_protocol_options"] = new JsonObject() },
        };
        cluster["typed_extension_protocol_options"] = new JsonObject { ["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"] = options };
        return cluster;
    }

    private static JsonObject[] ConnectTo(string cluster) =>
    [
        VirtualHost("all", ["*"], new JsonObject
        {
            ["match"] = new JsonObject { ["connect_matcher"] = new JsonObject() },
            ["route"] = new JsonObject
            {
                ["cluster"] = cluster,
                ["upgrade_configs"] = new JsonArray(new JsonObject { ["upgrade_type"] = "CONNECT", ["connect_config"] = new JsonObject() }),
            },
        }),
    ];

    private static JsonObject Route(string host) => VirtualHost(host, [host, host + ":*"], new JsonObject
    {
        ["match"] = new JsonObject { ["prefix"] = "/" },
        ["route"] = new JsonObject { ["cluster"] = "up_" + host, ["timeout"] = "0s" },
    });

    private static JsonObject VirtualHost(string name, string[] domains, JsonObject route) => new()
    {
        ["name"] = name,
        ["domains"] = new JsonArray([.. domains.Select(domain => JsonValue.Create(domain))]),
        ["routes"] = new JsonArray(route),
    };

    private static JsonObject DownstreamTls(string certificate, string key)
    {
        JsonObject tls = Extension("envoy.transport_sockets.tls", Types + "transport_sockets.tls.v3.DownstreamTlsContext");
        tls["typed_config"]!["common_tls_context"] = new JsonObject
        {
            ["alpn_protocols"] = new JsonArray("h2", "http/1.1"),
            ["tls_certificates"] = new JsonArray(new JsonObject { ["certificate_chain"] = File(certificate), ["private_key"] = File(key) }),
        };
        // As for certificates on demand, which cannot be resumed.
        tls["typed_config"]!["disable_stateless_session_resumption"] = true;
        tls["typed_config"]!["disable_stateful_session_resumption"] = true;
        return tls;

        static JsonObject File(string name) => new() { ["filename"] = name };
    }

    private static JsonObject Bump(string listener)
    {
        JsonObject cluster = new() { ["name"] = listener };
        cluster["load_assignment"] = Load(listener, new JsonObject { ["envoy_internal_address"] = new JsonObject { ["server_listener_name"] = listener } });
        JsonObject socket = Extension("envoy.transport_sockets.internal_upstream", Types + "transport_sockets.internal_upstream.v3.InternalUpstreamTransport");
        socket["typed_config"]!["transport_socket"] = Extension("envoy.transport_sockets.raw_buffer", Types + "transport_sockets.raw_buffer.v3.RawBuffer");
        cluster["transport_socket"] = socket;
        return cluster;
    }

    private static JsonObject Cluster(string name, int port, string? sni, string? ca)
    {
        JsonObject cluster = new() { ["name"] = name, ["type"] = "STATIC", ["load_assignment"] = Load(name, Address(port)) };
        if (sni is null)
        {
            return cluster;
        }

        JsonObject tls = Extension("envoy.transport_sockets.tls", Types + "transport_sockets.tls.v3.UpstreamTlsContext");
        tls["typed_config"]!["sni"] = sni;
        tls["typed_config"]!["common_tls_context"] = new JsonObject
        {
            ["tls_params"] = new JsonObject { ["tls_maximum_protocol_version"] = "TLSv1_3" },
            ["validation_context"] = new JsonObject { ["trusted_ca"] = new JsonObject { ["filename"] = ca } },
        };
        cluster["transport_socket"] = tls;
        JsonObject options = new()
        {
            ["@type"] = Types + "upstreams.http.v3.HttpProtocolOptions",
            ["auto_config"] = new JsonObject { ["http2_protocol_options"] = new JsonObject() },
        };
        cluster["typed_extension_protocol_options"] = new JsonObject { ["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"] = options };
        return cluster;
    }

    private static JsonObject Load(string name, JsonObject address) => JsonSerializer.SerializeToNode(new
    {
        cluster_name = name,
        endpoints = new[] { new { lb_endpoints = new[] { new { endpoint = new { address } } } } },
    })!.AsObject();

    private static JsonObject Address(int port) => new() { ["socket_address"] = new JsonObject { ["address"] = "127.0.0.1", ["port_value"] = port } };

    private static JsonObject Extension(string name, string type) => new() { ["name"] = name, ["typed_config"] = new JsonObject { ["@type"] = type } };
}
