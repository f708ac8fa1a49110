// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using ExplicitHttpConfig = Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions.Types.ExplicitHttpConfig;
using HttpProtocolOptions = Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;

namespace Cagent.Compiler.Envoy;

/// <summary>Which HTTP a cluster speaks.</summary>
internal static class HttpProtocols
{
    private static readonly Duration IdleConnection = Duration.FromTimeSpan(TimeSpan.FromSeconds(300));

    /// <summary>h2 or HTTP/1.1, as the upstream's ALPN says.</summary>
    public static HttpProtocolOptions Negotiated() => new()
    {
        CommonHttpProtocolOptions = new() { IdleTimeout = IdleConnection },
        AutoConfig = new()
        {
            HttpProtocolOptions = new Http1ProtocolOptions(),
            Http2ProtocolOptions = new Http2ProtocolOptions
            {
                ConnectionKeepalive = KeepAlive(30, 10),
                // What an upstream may send ahead of an agent that does not read: Envoy keeps it. By default it is 16 MiB a stream.
                InitialStreamWindowSize = 4 << 20,
                InitialConnectionWindowSize = 16 << 20,
            },
        },
    };

    /// <summary>HTTP/1.1 only: plain upstreams, WebSocket, and the CONNECT of pinned bytes.</summary>
    public static HttpProtocolOptions Http1() => new()
    {
        CommonHttpProtocolOptions = new() { IdleTimeout = IdleConnection },
        ExplicitHttpConfig = new ExplicitHttpConfig { HttpProtocolOptions = new Http1ProtocolOptions() },
    };

    /// <summary>h2 with prior knowledge: our own gRPC services.</summary>
    public static HttpProtocolOptions Http2() => new()
    {
        ExplicitHttpConfig = new ExplicitHttpConfig { Http2ProtocolOptions = new Http2ProtocolOptions { ConnectionKeepalive = KeepAlive(20, 5) } },
    };

    private static KeepaliveSettings KeepAlive(int intervalSeconds, int timeoutSeconds) => new()
    {
        Interval = Duration.FromTimeSpan(TimeSpan.FromSeconds(intervalSeconds)),
        Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(timeoutSeconds)),
    };
}
