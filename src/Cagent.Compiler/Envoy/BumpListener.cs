// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.TransportSockets.Tls.CertMappers.Sni.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf.WellKnownTypes;
using OnDemandSecret = Envoy.Extensions.TransportSockets.Tls.CertSelectors.OnDemandSecret.V3.Config;

namespace Cagent.Compiler.Envoy;

/// <summary>Interception: TLS with a leaf minted for the SNI, then every request judged.</summary>
internal static class BumpListener
{
    /// <summary>Asked for when a ClientHello has no SNI; no host can be called so, and the secret source refuses it.</summary>
    private const string NoSni = "no-sni";

    public static Listener Emit(EgressIr ir)
    {
        FilterChain tls = InternalListeners.TlsChain("bump-tls",
            TypedConfig.Network(EnvoyNames.SniFilter, FilterState.Sni()),
            TypedConfig.Network("envoy.filters.network.http_connection_manager", Manager(ir)));
        // A secret that never comes holds a handshake until this ends it; initial_fetch_timeout does not.
        tls.TransportSocketConnectTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10));
        tls.TransportSocket = TypedConfig.Socket("envoy.transport_sockets.tls", Leaf());
        Listener listener = InternalListeners.Internal(EnvoyNames.BumpListener, inspect: true, tls, TunnelCut.PlainTextChain());
        listener.PerConnectionBufferLimitBytes = 65_536;
        return listener;
    }

    /// <summary>Session resumption must be off, or Envoy refuses on-demand certificates.</summary>
    private static DownstreamTlsContext Leaf() => new()
    {
        DisableStatelessSessionResumption = true,
        DisableStatefulSessionResumption = true,
        CommonTlsContext = new CommonTlsContext
        {
            AlpnProtocols = { "h2", "http/1.1" },
            CustomTlsCertificateSelector = TypedConfig.Extension("envoy.tls.certificate_selectors.on_demand_secret", new OnDemandSecret
            {
                ConfigSource = XdsConfigSource.Ads(),
                CertificateMapper = TypedConfig.Extension("envoy.tls.certificate_mappers.sni", new SNI { DefaultValue = NoSni }),
            }),
        },
    };

    private static HttpConnectionManager Manager(EgressIr ir)
    {
        HttpConnectionManager manager = ConnectionManagers.Hardened(EnvoyNames.WebRoutes, EnvoyNames.WebRoutes,
            LocalReplies.Of("name_mismatch", "CONNECT, SNI and Host must be the same listed name, and this agent must be allowed to use it."), Filters(ir));
        manager.CodecType = HttpConnectionManager.Types.CodecType.Auto;
        manager.Http2ProtocolOptions = new Http2ProtocolOptions
        {
            MaxConcurrentStreams = 100,
            InitialStreamWindowSize = 1 << 20,
            InitialConnectionWindowSize = 8 << 20,
        };
        return ConnectionManagers.Counting(EnvoyNames.WebRoutes, manager);
    }

    /// <summary>The order, and why: what Envoy can refuse by itself comes before the question to ext_authz.</summary>
    private static IEnumerable<HttpFilter> Filters(EgressIr ir) =>
    [
        TypedConfig.Http(EnvoyNames.RequestFilter, FilterState.OnRequest(                                // every later filter and log line names the request
            FilterState.Unbounded(EnvoyNames.RequestState, "%STREAM_ID%"),
            FilterState.Unbounded(EnvoyNames.HostState, "%REQ(:AUTHORITY)%"))),
        TypedConfig.Http(EnvoyNames.MethodsFilter, Rbac.Methods()),                                      // own reason, so before the other rules
        TypedConfig.Http(EnvoyNames.SameNameFilter, Rbac.SameName()),                                    // SNI against CONNECT, again: the gate is not the only way in
        TypedConfig.Http(EnvoyNames.AllowFilter, Rbac.DenyByDefault()),                                  // Host against CONNECT, by the route
        TypedConfig.Http(EnvoyNames.FloodFilter, FloodLimit.Config(EnvoyNames.AgentState)),              // before ext_authz, which it protects
        TypedConfig.Http(EnvoyNames.AuthzFilter, ExtAuthzFilter.InsideTunnels()),                         // decides and injects
        RateLimits.Slot(EnvoyNames.WebLimits),                                                           // counts what was allowed, and nothing else
        TypedConfig.Http(EnvoyNames.GlobalFilter, LimitServices.Global()),                               // the same, by a service for all proxies
        TypedConfig.Http(EnvoyNames.SlotsFilter, LimitServices.Slots()),                                 // tells when what counts as open has ended
        TypedConfig.Http(EnvoyNames.WildFilter, WildcardProxy.Filter(ir)),                               // resolves only what was allowed
        HeaderHygiene.RequestTrailers(),                                                                 // nothing judges them
        ResponseGuard.Filter(),                                                                          // last but the router: sees a request as it is sent, and a response before anything else does
        ConnectionManagers.Router(ir),
    ];
}
