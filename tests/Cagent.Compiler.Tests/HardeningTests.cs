// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Envoy;
using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.ConnectionLimit.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Tests;

/// <summary>
/// Row H4 of the attacks and the bounds of what one client can hold, on everything that is emitted: the bootstrap, and the listeners of a policy with
/// entries of every kind. That the real Envoy keeps to them is shown end to end.
/// </summary>
public sealed class HardeningTests
{
    private const string Router = "envoy.filters.http.router";

    /// <summary>What may stand in the runtime layer, and how. A guard that is switched back would stand here too.</summary>
    private static readonly Dictionary<string, bool> RuntimeFlags = new(StringComparer.Ordinal)
    {
        ["envoy.reloadable_features.strict_chunk_parsing"] = true,
    };

    private static readonly Bootstrap Bootstrap = Bootstraps.Emit(new BootstrapInputs("envoy"));

    [Fact]
    public void Attack_H4_Bootstrap_SwitchesNoGuardBack()
    {
        Assert.Equal(["static", "admin"], Bootstrap.LayeredRuntime.Layers.Select(layer => layer.Name));
        Struct layer = Bootstrap.LayeredRuntime.Layers[0].StaticLayer;
        Assert.Equal(RuntimeFlags, layer.Fields.ToDictionary(field => field.Key, field => field.Value.BoolValue));
        // The admin layer takes its values from a path of the admin interface, which is not open.
        Assert.DoesNotContain(Bootstrap.Admin.AllowPaths, path => "/runtime_modify".StartsWith(path.Prefix.Length > 0 ? path.Prefix : "no", StringComparison.Ordinal));
    }

    [Fact]
    public void Attack_E6_Bootstrap_BoundsHeapAndConnections_AndKeepsTheOperatorsDoorsOpen()
    {
        Assert.Equal(
            ["envoy.resource_monitors.fixed_heap", "envoy.resource_monitors.global_downstream_max_connections"],
            Bootstrap.OverloadManager.ResourceMonitors.Select(monitor => monitor.Name));
        Assert.Equal(
            ["reset_high_memory_stream", "shrink_heap", "disable_http_keepalive", "stop_accepting_requests", "stop_accepting_connections"],
            Bootstrap.OverloadManager.Actions.Select(action => action.Name["envoy.overload_actions.".Length..]));
        Assert.True(Bootstrap.Admin.IgnoreGlobalConnLimit);
        Assert.All(Bootstrap.StaticResources.Listeners, listener => Assert.True(listener.IgnoreGlobalConnLimit && listener.BypassOverloadManager));
    }

    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Attack_H4_EveryRouter_RejectsEarlyConnectData(string name) =>
        Assert.All(Managers(name), manager => Assert.True(manager.HttpFilters.Single(filter => filter.Name == Router).TypedConfig.Unpack<Router>().RejectConnectRequestEarlyData));

    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Attack_E6_EveryHop_BoundsWhatOneClientCanHold(string name)
    {
        foreach (HttpConnectionManager manager in Managers(name))
        {
            Assert.InRange(manager.MaxRequestHeadersKb!.Value, 1u, 60u);
            Assert.InRange(manager.RequestHeadersTimeout.ToTimeSpan(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
            Assert.InRange(manager.StreamIdleTimeout.ToTimeSpan(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(300));
            Assert.InRange(manager.CommonHttpProtocolOptions.IdleTimeout.ToTimeSpan(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(600));
            Assert.InRange(manager.CommonHttpProtocolOptions.MaxHeadersCount!.Value, 1u, 100u);
            Assert.Equal(HttpProtocolOptions.Types.HeadersWithUnderscoresAction.RejectRequest, manager.CommonHttpProtocolOptions.HeadersWithUnderscoresAction);
            if (manager.CodecType != HttpConnectionManager.Types.CodecType.Http1)
            {
                Http2ProtocolOptions http2 = manager.Http2ProtocolOptions;
                Assert.InRange(http2.MaxConcurrentStreams!.Value, 1u, 100u);
                Assert.InRange(http2.InitialStreamWindowSize!.Value, 65_535u, 1u << 20);
                Assert.InRange(http2.InitialConnectionWindowSize!.Value, 65_535u, 8u << 20);
                // Envoy's own bounds on control frames stand: none is raised.
                Assert.Null(http2.MaxOutboundFrames ?? http2.MaxOutboundControlFrames ?? http2.MaxConsecutiveInboundFramesWithEmptyPayload
                    ?? http2.MaxInboundPriorityFramesPerStream ?? http2.MaxInboundWindowUpdateFramesPerDataFrameSent);
            }
        }
    }

    [Theory]
    [MemberData(nameof(GoldenCase.All), MemberType = typeof(GoldenCase))]
    public void Attack_E6_EveryChainOfAgents_CountsItsConnectionsFirst(string name)
    {
        Listener fwd = Listeners(name).Single(listener => listener.Name == EnvoyNames.FwdListener);
        Assert.Equal(65_536u, fwd.PerConnectionBufferLimitBytes);
        foreach (FilterChain chain in (IEnumerable<FilterChain>)[.. fwd.FilterChains, .. fwd.DefaultFilterChain is { } shared ? [shared] : Array.Empty<FilterChain>()])
        {
            ConnectionLimit limit = chain.Filters[0].TypedConfig.Unpack<ConnectionLimit>();
            Assert.InRange(limit.MaxConnections!.Value, 1u, chain == fwd.DefaultFilterChain || chain.FilterChainMatch is null ? 16_384u : 4096u);
        }
    }

    private static IEnumerable<Listener> Listeners(string name) => GoldenCase.Load(name).Resources.Select(resource => resource.Message).OfType<Listener>();

    private static IEnumerable<HttpConnectionManager> Managers(string name) => Listeners(name)
        .SelectMany(listener => (IEnumerable<FilterChain>)[.. listener.FilterChains, .. listener.DefaultFilterChain is { } chain ? [chain] : Array.Empty<FilterChain>()])
        .SelectMany(chain => chain.Filters)
        .Where(filter => filter.TypedConfig.Is(HttpConnectionManager.Descriptor))
        .Select(filter => filter.TypedConfig.Unpack<HttpConnectionManager>())
        // Direct answers only; its own times are shorter.
        .Where(manager => manager.StatPrefix != "cut");
}
