// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Overload.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Bootstrap.InternalListener.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.ResourceMonitors.DownstreamConnections.V3;
using Envoy.Extensions.ResourceMonitors.FixedHeap.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf.WellKnownTypes;
using BackoffStrategy = Envoy.Config.Core.V3.BackoffStrategy;
using CoreRetryPolicy = Envoy.Config.Core.V3.RetryPolicy;
using DynamicResources = Envoy.Config.Bootstrap.V3.Bootstrap.Types.DynamicResources;
using EnvoyGrpc = Envoy.Config.Core.V3.GrpcService.Types.EnvoyGrpc;
using StaticResources = Envoy.Config.Bootstrap.V3.Bootstrap.Types.StaticResources;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// The file that an Envoy starts with: delta ADS and nothing else that a policy could change. All of its sockets are Unix
/// sockets under <c>run/</c>, relative to Envoy's working directory, so no TCP port is taken and no path can be too long.
/// </summary>
public static class Bootstraps
{
    /// <summary>xDS, ext_authz and access logs: served by Cagent.</summary>
    public const string ControlPipe = "run/control.sock";

    /// <summary>Envoy's admin interface.</summary>
    public const string AdminPipe = "run/admin.sock";

    /// <summary>One request with <see cref="EnvoyNames.CutHeader"/> ends all tunnels of an entry. A forwarder chosen by a header: hence 0600 and a route that takes gates only.</summary>
    public const string CutPipe = "run/cut.sock";

    /// <summary>Everything but <c>include_eds</c>, on which Envoy 1.40 crashed with clusters of a DNS cache. The paths are compared with their query.</summary>
    private const string ConfigDumpPath = @"/config_dump(\?((resource|mask|name_regex)=[^&]*&?)*)?";

    private const string HeapMonitor = "envoy.resource_monitors.fixed_heap";

    /// <summary>Streams that hold 2^20 bytes or more are told apart by size.</summary>
    private const uint CountedStream = 20;

    private static readonly string[] AdminPaths =
        ["/ready", "/stats", "/clusters", "/init_dump", "/listeners", "/memory", "/server_info", "/drain_listeners", "/quitquitquit"];

    /// <summary>The bootstrap of one Envoy.</summary>
    public static Bootstrap Emit(BootstrapInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return new Bootstrap
        {
            Node = new Node { Id = inputs.NodeId, Cluster = "cagent-egress" },
            Admin = new Admin
            {
                Address = SocketAddresses.PrivatePipe(AdminPipe),
                IgnoreGlobalConnLimit = true, // agents that use the limit up must not shut the operator out
                AllowPaths =
                {
                    AdminPaths.Select(path => new StringMatcher { Prefix = path }),
                    new StringMatcher { SafeRegex = new RegexMatcher { Regex = ConfigDumpPath } },
                },
            },
            BootstrapExtensions = { TypedConfig.Extension("envoy.bootstrap.internal_listener", new InternalListener()) },
            DeferredStatOptions = new() { EnableDeferredCreationStats = true },
            DynamicResources = Dynamic(),
            StaticResources = new StaticResources
            {
                Listeners = { Cut() },
                Clusters = { Own(EnvoyNames.ControlPlaneCluster), Own(EnvoyNames.AuthzCluster), Own(EnvoyNames.LogCluster), Own(EnvoyNames.SlotsCluster), LimitService(inputs) },
            },
            OverloadManager = Overload(inputs),
            LayeredRuntime = new LayeredRuntime
            {
                Layers =
                {
                    // Off by default since Envoy 1.38 (attack E4): a chunk that two parsers read differently ends the connection.
                    new RuntimeLayer { Name = "static", StaticLayer = new Struct { Fields = { ["envoy.reloadable_features.strict_chunk_parsing"] = Value.ForBool(true) } } },
                    new RuntimeLayer { Name = "admin", AdminLayer = new RuntimeLayer.Types.AdminLayer() },
                },
            },
        };
    }

    private static DynamicResources Dynamic() => new()
    {
        AdsConfig = new ApiConfigSource
        {
            ApiType = ApiConfigSource.Types.ApiType.DeltaGrpc,
            TransportApiVersion = ApiVersion.V3,
            SetNodeOnFirstMessageOnly = true,
            GrpcServices =
            {
                new GrpcService
                {
                    EnvoyGrpc = new EnvoyGrpc
                    {
                        ClusterName = EnvoyNames.ControlPlaneCluster,
                        Authority = EnvoyNames.Authority,
                        // Without it the back-off grows: 3.6 s after 9 s of downtime (envoy-dynamics, 4.5).
                        RetryPolicy = new CoreRetryPolicy
                        {
                            RetryBackOff = new BackoffStrategy
                            {
                                BaseInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100)),
                                MaxInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
                            },
                        },
                    },
                },
            },
        },
        CdsConfig = XdsConfigSource.Ads(TimeSpan.FromSeconds(15)),
        LdsConfig = XdsConfigSource.Ads(TimeSpan.FromSeconds(15)),
    };

    private static Cluster Own(string name) => new()
    {
        Name = name,
        Type = Cluster.Types.DiscoveryType.Static,
        ConnectTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
        LoadAssignment = Clusters.Load(name, new Endpoint { Address = new Address { Pipe = new Pipe { Path = ControlPipe } } }),
        TypedExtensionProtocolOptions = { [Clusters.HttpOptions] = TypedConfig.Pack(HttpProtocols.Http2()) },
    };

    /// <summary>Cagent itself, or one for many proxies, which is named by a host or an address.</summary>
    private static Cluster LimitService(BootstrapInputs inputs)
    {
        Cluster cluster = Own(EnvoyNames.LimitsCluster);
        if (inputs.LimitHost is { } host)
        {
            cluster.Type = IPAddress.TryParse(host, out _) ? Cluster.Types.DiscoveryType.Static : Cluster.Types.DiscoveryType.StrictDns;
            cluster.LoadAssignment = Clusters.Load(EnvoyNames.LimitsCluster, new Endpoint { Address = SocketAddresses.Of(host, inputs.LimitPort) });
        }

        return cluster;
    }

    private static Listener Cut() => new()
    {
        Name = "cut",
        Address = SocketAddresses.PrivatePipe(CutPipe),
        // Ending tunnels is what helps when agents have used everything up.
        IgnoreGlobalConnLimit = true,
        BypassOverloadManager = true,
        FilterChains =
        {
            new FilterChain
            {
                Filters =
                {
                    TypedConfig.Network("envoy.filters.network.http_connection_manager", new HttpConnectionManager
                    {
                        StatPrefix = "cut",
                        CodecType = HttpConnectionManager.Types.CodecType.Http1,
                        HttpFilters = { TypedConfig.Http("envoy.filters.http.router", new Router()) },
                        RouteConfig = new RouteConfiguration
                        {
                            Name = "cut",
                            VirtualHosts = { new VirtualHost { Name = "cut", Domains = { "*" }, Routes = { CutRoute() } } },
                        },
                    }),
                },
            },
        },
    };

    private static Route CutRoute() => new()
    {
        Match = new RouteMatch
        {
            Prefix = "/",
            Headers =
            {
                new HeaderMatcher { Name = EnvoyNames.CutHeader, StringMatch = new StringMatcher { SafeRegex = new RegexMatcher { Regex = "(gate|bump|splice)@.+" } } },
            },
        },
        Route_ = new RouteAction { ClusterHeader = EnvoyNames.CutHeader, Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(2)) },
    };

    private static OverloadManager Overload(BootstrapInputs inputs) => new()
    {
        RefreshInterval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(250)),
        ResourceMonitors =
        {
            Monitor(HeapMonitor, new FixedHeapConfig { MaxHeapSizeBytes = inputs.MaxHeapBytes }),
            Monitor("envoy.resource_monitors.global_downstream_max_connections", new DownstreamConnectionsConfig { MaxActiveDownstreamConnections = inputs.MaxConnections }),
        },
        BufferFactoryConfig = new BufferFactoryConfig { MinimumAccountToTrackPowerOfTwo = CountedStream },
        Actions =
        {
            // The streams that hold the most go first, so that whoever hoards pays and nobody else.
            new OverloadAction
            {
                Name = "envoy.overload_actions.reset_high_memory_stream",
                Triggers = { new Trigger { Name = HeapMonitor, Scaled = new ScaledTrigger { ScalingThreshold = 0.85, SaturationThreshold = 0.95 } } },
            },
            AtHeap("envoy.overload_actions.shrink_heap", 0.90), AtHeap("envoy.overload_actions.disable_http_keepalive", 0.92),
            AtHeap("envoy.overload_actions.stop_accepting_requests", 0.95), AtHeap("envoy.overload_actions.stop_accepting_connections", 0.98),
        },
    };

    private static ResourceMonitor Monitor(string name, Google.Protobuf.IMessage config) => new() { Name = name, TypedConfig = TypedConfig.Pack(config) };

    private static OverloadAction AtHeap(string name, double threshold) => new()
    {
        Name = name,
        Triggers = { new Trigger { Name = HeapMonitor, Threshold = new ThresholdTrigger { Value = threshold } } },
    };
}
