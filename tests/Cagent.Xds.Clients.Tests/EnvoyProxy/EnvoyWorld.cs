// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.TestKit.Http;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Tcp;
using Cagent.Xds.Clients.Tests.Hosting;
using Cagent.Xds.Resources;
using Microsoft.AspNetCore.Http;

namespace Cagent.Xds.Clients.Tests.EnvoyProxy;

/// <summary>Two web servers, an xDS server that routes to the first of them, and an Envoy that answers for it.</summary>
internal sealed class EnvoyWorld : IAsyncDisposable
{
    private readonly Upstream _blue;
    private readonly Upstream _green;

    private EnvoyWorld(XdsVariant variant, Upstream blue, Upstream green)
    {
        _blue = blue;
        _green = green;
        Initial = new Landscape("who", FreePort.Find(IPAddress.Loopback), EnvoyBootstrap.Source(variant))
        {
            Backends = ImmutableSortedDictionary<string, int>.Empty.Add("blue", blue.Port).Add("green", green.Port),
            RouteTo = "blue",
        };
    }

    public RestartablePlane Plane { get; private set; } = null!;

    public EnvoyProcess Envoy { get; private set; } = null!;

    /// <summary>Both backends, the route to blue: what was published first.</summary>
    public Landscape Initial { get; }

    public XdsSnapshot ToGreen => (Initial with { RouteTo = "green" }).Snapshot("to-green");

    /// <summary>What stands between Envoy and the xDS server; null for nothing.</summary>
    public FaultyRelay? Relay { get; private set; }

    /// <param name="variant">How Envoy speaks.</param>
    /// <param name="relaySeed">A relay between Envoy and the server, whose faults hang on the seed; null for none.</param>
    /// <param name="reportsLoad">Whether Envoy reports its load.</param>
    /// <param name="features">What Envoy says it supports.</param>
    public static async Task<EnvoyWorld> StartAsync(XdsVariant variant, int? relaySeed = null, bool reportsLoad = false, params string[] features)
    {
        EnvoyWorld world = new(variant, await BackendAsync("blue"), await BackendAsync("green"));
        world.Plane = await RestartablePlane.StartAsync(world.Initial.Snapshot("to-blue"));
        world.Relay = relaySeed is { } seed ? FaultyRelay.Start(world.Plane.Port, seed) : null;
        world.Envoy = new EnvoyProcess(
            adminPort => EnvoyBootstrap.Write(variant, world.Relay?.Port ?? world.Plane.Port, adminPort, reportsLoad, features), world.Initial.Port!.Value);
        await world.Envoy.AnswersAsync("blue");
        return world;
    }

    public async ValueTask DisposeAsync()
    {
        await Envoy.DisposeAsync();
        if (Relay is not null)
        {
            await Relay.DisposeAsync();
        }

        await _blue.DisposeAsync();
        await _green.DisposeAsync();
        await Plane.DisposeAsync();
    }

    private static async Task<Upstream> BackendAsync(string name)
    {
        Upstream upstream = await Upstream.StartAsync(new UpstreamOptions());
        upstream.Handle("/who", context => context.Response.WriteAsync(name));
        upstream.Handle("/broken", context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        return upstream;
    }
}
