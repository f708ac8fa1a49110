// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Google.Protobuf.WellKnownTypes;
using Thresholds = Envoy.Config.Cluster.V3.CircuitBreakers.Types.Thresholds;

namespace Cagent.Compiler.Envoy;

/// <summary>What clusters share.</summary>
internal static class Clusters
{
    public const string HttpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    public static Cluster Named(string name, TimeSpan connectTimeout) => new()
    {
        Name = name,
        AltStatName = EnvoyNames.StatName(name),
        ConnectTimeout = Duration.FromTimeSpan(connectTimeout),
    };

    /// <summary>One inline endpoint: no EDS, whose clusters warm again at every change (rule C4).</summary>
    public static ClusterLoadAssignment Load(string cluster, Endpoint endpoint) => new()
    {
        ClusterName = cluster,
        Endpoints = { new LocalityLbEndpoints { LbEndpoints = { new LbEndpoint { Endpoint = endpoint } } } },
    };

    /// <summary>The bounds of a cluster. What waits for a connection is bounded too, but not by so few that a handful at once fails before the first is open.</summary>
    public static CircuitBreakers Breakers(uint connections, uint requests, uint? retries = null)
    {
        Thresholds thresholds = new() { MaxConnections = connections, MaxPendingRequests = Math.Max(connections, 128), MaxRequests = requests };
        if (retries is not null)
        {
            thresholds.MaxRetries = retries;
        }

        return new CircuitBreakers { Thresholds = { thresholds } };
    }

    public static TransportSocket RawSocket() => TypedConfig.Socket(
        "envoy.transport_sockets.raw_buffer", new global::Envoy.Extensions.TransportSockets.RawBuffer.V3.RawBuffer());
}
