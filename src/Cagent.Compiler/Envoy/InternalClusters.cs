// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Extensions.TransportSockets.InternalUpstream.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>Clusters whose endpoint is a listener of the same Envoy.</summary>
internal static class InternalClusters
{
    /// <summary>How soon after a cut the same gate can be cut again: a removed domain has stopped 2 s later each time it is removed.</summary>
    private static readonly Duration RearmInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(500));

    /// <summary>An ejected host is back at the next interval, however often it was ejected.</summary>
    private static readonly Duration EjectionTime = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(1));

    /// <summary>The ways into bump, splice and dial: constant.</summary>
    public static IEnumerable<Cluster> Constant() =>
    [
        Internal(EnvoyNames.BumpCluster, new Endpoint { Address = SocketAddresses.Internal(EnvoyNames.BumpListener) }),
        Internal(EnvoyNames.SpliceCluster, new Endpoint { Address = SocketAddresses.Internal(EnvoyNames.SpliceListener) }),
        Internal(EnvoyNames.DialCluster, new Endpoint { Address = SocketAddresses.Internal(EnvoyNames.DialListener) }),
    ];

    /// <summary>The way from redirected TLS into the explicit proxy's path: constant.</summary>
    public static Cluster Join() => Internal(EnvoyNames.JoinCluster, new Endpoint { Address = SocketAddresses.Internal(EnvoyNames.JoinListener) });

    /// <summary>
    /// One gate an entry: its host's failure ends the tunnels of this entry. Byte-stable while the entry lives, because a
    /// changed cluster has a new host and the tunnels of the old one could no longer be cut: so it depends on the name only.
    /// </summary>
    public static Cluster Gate(EntryIr entry) => Cuttable(EnvoyNames.GateCluster(entry.Id), EnvoyNames.GateListener);

    /// <summary>Two an agent, behind the gate: they end its tunnels and nobody else's. They depend on the name only, as gates do.</summary>
    public static IEnumerable<Cluster> OfAgent(AgentIr agent) =>
    [
        Cuttable(EnvoyNames.AgentBump + agent.Name, EnvoyNames.BumpListener),
        Cuttable(EnvoyNames.AgentSplice + agent.Name, EnvoyNames.SpliceListener),
    ];

    private static Cluster Cuttable(string name, string listener)
    {
        Cluster cluster = Internal(name, new Endpoint { Address = SocketAddresses.Internal(listener) });
        cluster.CloseConnectionsOnHostHealthFailure = true;
        cluster.OutlierDetection = Ejection();
        return cluster;
    }

    /// <summary>
    /// One 5xx fails the host, and nothing else does: tunnels are bytes to this cluster, so only the cut gets a status from
    /// it, and failed connections count apart and for nothing. 1,000 of these cost 0.5 % of a core. Active health checks
    /// were the alternative: 1.3 % with a check a minute, and a gate could then be cut once a minute.
    /// </summary>
    private static OutlierDetection Ejection() => new()
    {
        Consecutive5Xx = 1,
        EnforcingConsecutive5Xx = 100,
        Interval = RearmInterval,
        BaseEjectionTime = EjectionTime,
        MaxEjectionTime = EjectionTime,
        MaxEjectionPercent = 100,
        SplitExternalLocalOriginErrors = true,
        EnforcingConsecutiveGatewayFailure = 0,
        EnforcingConsecutiveLocalOriginFailure = 0,
        EnforcingSuccessRate = 0,
        EnforcingLocalOriginSuccessRate = 0,
        EnforcingFailurePercentage = 0,
    };

    private static Cluster Internal(string name, Endpoint endpoint)
    {
        Cluster cluster = Clusters.Named(name, TimeSpan.FromSeconds(1));
        cluster.Type = Cluster.Types.DiscoveryType.Static;
        cluster.TransportSocket = TypedConfig.Socket("envoy.transport_sockets.internal_upstream", new InternalUpstreamTransport { TransportSocket = Clusters.RawSocket() });
        cluster.CircuitBreakers = Clusters.Breakers(20_000, 20_000);
        cluster.LoadAssignment = Clusters.Load(name, endpoint);
        return cluster;
    }
}
