// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Clients.Tests.Hosting;
using Envoy.Config.Core.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;

namespace Cagent.Xds.Clients.Tests.EnvoyProxy;

/// <summary>A real Envoy that polls: listeners, routes, clusters and endpoints over REST.</summary>
public sealed class EnvoyRestTests
{
    private static readonly ConfigSource Source = new()
    {
        ResourceApiVersion = ApiVersion.V3,
        ApiConfigSource = new ApiConfigSource
        {
            ApiType = ApiConfigSource.Types.ApiType.Rest,
            TransportApiVersion = ApiVersion.V3,
            ClusterNames = { "xds" },
            RefreshDelay = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(100)),
            RequestTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(5)),
        },
    };

    [EnvoyFact]
    public async Task Envoy_GetsEverythingByRest_FollowsUpdates_AndIsToldWhenNothingChanged()
    {
        await using Upstream blue = await BackendAsync("blue");
        await using Upstream green = await BackendAsync("green");
        Landscape landscape = new("who", FreePort.Find(IPAddress.Loopback), Source)
        {
            Backends = ImmutableSortedDictionary<string, int>.Empty.Add("blue", blue.Port).Add("green", green.Port),
            RouteTo = "blue",
        };
        await using RestPlane plane = await RestPlane.StartAsync(landscape.Snapshot("to-blue"));
        await using EnvoyProcess envoy = new(adminPort => Bootstrap(plane.Port, adminPort), landscape.Port!.Value);
        await envoy.AnswersAsync("blue");
        Assert.Equal(
            ["clusters", "endpoints", "listeners", "routes"],
            plane.Answers.Where(answer => answer.Status == 200).Select(answer => answer.Path.Split(':')[1]).Distinct().Order());

        // Everything is known to Envoy: each poll of each type is "not modified" from here on.
        string[] paths = [.. plane.Answers.Select(answer => answer.Path).Distinct()];
        await Eventually.TrueAsync(
            () => paths.All(path => plane.Answers.Last(answer => answer.Path == path).Status == 304), Eventually.Patience, "304 for every type");
        int quiet = plane.Answers.Count;
        await Eventually.TrueAsync(() => plane.Answers.Count > quiet + 20, Eventually.Patience, "more polls");
        Assert.All(plane.Answers.Skip(quiet), answer => Assert.Equal(304, answer.Status));

        plane.Server.Publish((landscape with { RouteTo = "green" }).Snapshot("to-green"));
        await envoy.AnswersAsync("green");
        plane.Server.Publish((landscape with { RouteTo = "green", Backends = landscape.Backends.Remove("blue") }).Snapshot("without-blue"));
        await Eventually.TrueAsync(async () => !await envoy.HasClusterAsync("blue"), Eventually.Patience, "the end of the cluster blue");
        await envoy.AnswersAsync("green");
        Assert.Equal(0, (await envoy.StatsAsync(@"\.update_rejected$")).Values.Sum());
    }

    private static async Task<Upstream> BackendAsync(string name)
    {
        Upstream upstream = await Upstream.StartAsync(new UpstreamOptions());
        upstream.Handle("/who", context => context.Response.WriteAsync(name));
        return upstream;
    }

    private static string Bootstrap(int xdsPort, int adminPort)
    {
        string source = JsonFormatter.Default.Format(Source);
        return $$$"""
            {
              "node": {"id": "envoy-1", "cluster": "clients"},
              "admin": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": {{{adminPort}}} } } },
              "dynamic_resources": {"lds_config": {{{source}}}, "cds_config": {{{source}}} },
              "static_resources": {"clusters": [{
                "name": "xds", "type": "STATIC", "connect_timeout": "5s",
                "load_assignment": {"cluster_name": "xds", "endpoints": [{"lb_endpoints": [{"endpoint": {"address":
                  {"socket_address": {"address": "127.0.0.1", "port_value": {{{xdsPort}}} } } } }]}]}
              }]}
            }
            """;
    }
}
