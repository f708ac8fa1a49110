// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.EnvoyApi;
using Cagent.Xds.Resources;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Xds.Clients.Tests.Hosting;

/// <summary>What a client is told: one listener, one route to one of some backends, and a cluster with EDS for each of these.</summary>
/// <param name="Listener">The name of the listener.</param>
/// <param name="Port">Where a proxy listens; null makes a listener for gRPC, which dials by its name.</param>
/// <param name="Source">Where the client asks for the routes and endpoints.</param>
internal sealed record Landscape(string Listener, int? Port, ConfigSource Source)
{
    private const string RouteName = "who-routes";

    /// <summary>Ports by name.</summary>
    public ImmutableSortedDictionary<string, int> Backends { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>The backend that all requests go to.</summary>
    public required string RouteTo { get; init; }

    /// <summary>Without it the routes stay, with nothing that refers to them.</summary>
    public bool HasListener { get; init; } = true;

    /// <summary>Changes the listener and nothing else.</summary>
    public string StatPrefix { get; init; } = "who";

    /// <summary>Whatever else is published.</summary>
    public ImmutableArray<XdsResource> More { get; init; } = [];

    public XdsSnapshot Snapshot(string revision) => XdsSnapshot.Create(revision, [.. Resources(), .. More]);

    private IEnumerable<XdsResource> Resources()
    {
        if (HasListener)
        {
            yield return Resource(XdsType.Listener, Listener, Port is { } port ? ProxyListener(port) : ApiListener());
        }

        yield return Resource(XdsType.Routes, RouteName, Routes());
        foreach ((string name, int port) in Backends)
        {
            yield return Resource(XdsType.Cluster, name, Cluster(name));
            yield return Resource(XdsType.Endpoints, name, Endpoints(name, port));
        }
    }

    private static XdsResource Resource(XdsType type, string name, IMessage message) => XdsResource.Create(type.TypeUrl, name, message);

    private Listener ProxyListener(int port) => new()
    {
        Name = Listener,
        Address = Loopback(port),
        FilterChains = { new FilterChain { Filters = { new Filter { Name = "hcm", TypedConfig = EnvoyTypes.Pack(Http()) } } } },
    };

    private Listener ApiListener() => new() { Name = Listener, ApiListener = new ApiListener { ApiListener_ = EnvoyTypes.Pack(Http()) } };

    private HttpConnectionManager Http() => new()
    {
        StatPrefix = StatPrefix,
        Rds = new Rds { RouteConfigName = RouteName, ConfigSource = Source },
        HttpFilters = { new HttpFilter { Name = "envoy.filters.http.router", TypedConfig = EnvoyTypes.Pack(new Router()) } },
    };

    private RouteConfiguration Routes() => new()
    {
        Name = RouteName,
        VirtualHosts =
        {
            new VirtualHost
            {
                Name = "all",
                Domains = { "*" },
                Routes = { new Route { Match = new RouteMatch { Prefix = "" }, Route_ = new RouteAction { Cluster = RouteTo } } },
            },
        },
    };

    private Cluster Cluster(string name) => new()
    {
        Name = name,
        Type = Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Eds,
        EdsClusterConfig = new Cluster.Types.EdsClusterConfig { EdsConfig = Source },
        ConnectTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
    };

    // gRPC's clients want the locality and its weight; Envoy does not mind.
    private static ClusterLoadAssignment Endpoints(string name, int port) => new()
    {
        ClusterName = name,
        Endpoints =
        {
            new LocalityLbEndpoints
            {
                Locality = new Locality { Region = "here" },
                LoadBalancingWeight = 1,
                LbEndpoints = { new LbEndpoint { Endpoint = new Endpoint { Address = Loopback(port) } } },
            },
        },
    };

    private static Address Loopback(int port) => new() { SocketAddress = new SocketAddress { Address = "127.0.0.1", PortValue = (uint)port } };
}
