// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Extensions.TransportSockets.InternalUpstream.V3;
using Google.Protobuf.WellKnownTypes;
using SocketMatch = Envoy.Config.Cluster.V3.Cluster.Types.TransportSocketMatch;

namespace Cagent.Compiler.Envoy;

/// <summary>Clusters whose endpoint is a listener of the same Envoy.</summary>
internal static class InternalClusters
{
    /// <summary>
    /// How often the host of a gate is checked once it was used: it bounds how soon after a cut the same gate can be cut
    /// again, because the failure does not reschedule the check (measured 1.7 to 5.2 s with 5 s). A domain that is removed,
    /// given back and removed again must have stopped 2 s later each time.
    /// </summary>
    private static readonly Duration CheckInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));

    /// <summary>The same for a gate without traffic, which is what idle entries cost: 1,016 of them 4.0 % of a core with 5 s, 1.3 % with 60 s.</summary>
    private static readonly Duration IdleCheckInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(10));

    private static readonly Duration FirstChecks = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));

    /// <summary>The ways into bump, splice and dial: constant.</summary>
    public static IEnumerable<Cluster> Constant() =>
    [
        Internal(EnvoyNames.BumpCluster, new Endpoint { Address = SocketAddresses.Internal(EnvoyNames.BumpListener) }),
        Internal(EnvoyNames.SpliceCluster, new Endpoint { Address = SocketAddresses.Internal(EnvoyNames.SpliceListener) }),
        Internal(EnvoyNames.DialCluster, new Endpoint { Address = SocketAddresses.Internal(EnvoyNames.DialListener) }),
    ];

    /// <summary>
    /// One gate an entry: its host's failure ends the tunnels of this entry. Byte-stable while the entry lives, because a
    /// changed cluster has a new host and the tunnels of the old one could no longer be cut: so it depends on the name only.
    /// </summary>
    public static Cluster Gate(EntryIr entry)
    {
        Cluster cluster = Internal(EnvoyNames.GateCluster(entry.Name), new Endpoint
        {
            Address = SocketAddresses.Internal(EnvoyNames.GateListener),
            HealthCheckConfig = new Endpoint.Types.HealthCheckConfig { Address = new Address { Pipe = new Pipe { Path = Bootstraps.HealthCheckPipe } } },
        });
        cluster.CloseConnectionsOnHostHealthFailure = true;
        cluster.WaitForWarmOnInit = false;
        cluster.HealthChecks.Add(Check(entry));
        // The check is plain HTTP to a pipe; the endpoint's own socket is the internal one.
        cluster.TransportSocketMatches.Add(new SocketMatch { Name = "hc", Match = HealthCheckSocket(), TransportSocket = Clusters.RawSocket() });
        return cluster;
    }

    /// <summary>
    /// The threshold of 1000 makes only an immediate failure count: with 1 a late answer on a busy machine cut tunnels.
    /// </summary>
    private static HealthCheck Check(EntryIr entry) => new()
    {
        Timeout = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(500)),
        Interval = CheckInterval,
        UnhealthyInterval = FirstChecks,
        NoTrafficInterval = FirstChecks,
        NoTrafficHealthyInterval = IdleCheckInterval,
        IntervalJitterPercent = 20,
        ReuseConnection = false,
        UnhealthyThreshold = 1000,
        HealthyThreshold = 1,
        HttpHealthCheck = new HealthCheck.Types.HttpHealthCheck { Host = "hc.cagent", Path = "/" + entry.Name },
        TransportSocketMatchCriteria = HealthCheckSocket(),
    };

    private static Struct HealthCheckSocket() => new() { Fields = { ["cagent"] = Value.ForString("hc") } };

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
