// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Load;
using Cagent.Xds.Tests.Authorization;
using Cagent.Xds.Tests.Streams;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Service.LoadStats.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Load;

/// <summary>LRS over real HTTP/2.</summary>
public sealed class LoadReportTests
{
    [Fact]
    public async Task Reports_AreAddedUp_ByClusterAndLocality()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using Reporter one = new(host, "one");
        using Reporter two = new(host, "two");
        await one.StartAsync();
        await two.StartAsync();

        await one.SendAsync(Report("web", "west", ok: 3, failed: 1, issued: 5, running: 2), Report("db", "east", ok: 1));
        await two.SendAsync(Report("web", "west", ok: 10, running: 5), Report("web", "east", ok: 7));
        await one.SendAsync(Report("web", "west", ok: 1, running: 1));

        await StreamTests.Until(() => host.Server.Loads.Sum(load => load.Localities.Sum(locality => (int)locality.Succeeded)) == 22);
        Assert.Equal(["db", "web"], host.Server.Loads.Select(load => load.Cluster));
        ClusterLoad web = host.Server.Loads[1];
        Assert.Equal(["east", "west"], web.Localities.Select(locality => locality.Region));
        LocalityLoad west = web.Localities[1];
        Assert.Equal((14UL, 1UL, 5UL, 6UL), (west.Succeeded, west.Failed, west.Issued, west.InProgress));
    }

    [Fact]
    public async Task WhatRuns_EndsWithTheStream_TheTotalsStay()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using (Reporter reporter = new(host, "one"))
        {
            await reporter.StartAsync();
            await reporter.SendAsync(Report("web", "west", ok: 3, running: 2));
            await StreamTests.Until(() => host.Server.Loads is [{ Localities: [{ InProgress: 2 }] }]);
        }

        await StreamTests.Until(() => host.Server.Loads is [{ Localities: [{ InProgress: 0, Succeeded: 3 }] }]);
    }

    [Fact]
    public async Task MetricsAndDrops_AreAddedUp_WithinTheirBounds()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using Reporter reporter = new(host, "one");
        await reporter.StartAsync();
        ClusterStats report = Report("web", "west");
        report.TotalDroppedRequests = 4;
        report.DroppedRequests.Add(new ClusterStats.Types.DroppedRequests { Category = "lb", DroppedCount = 3 });
        UpstreamLocalityStats locality = report.UpstreamLocalityStats[0];
        locality.CpuUtilization = new UnnamedEndpointLoadMetricStats { NumRequestsFinishedWithMetric = 2, TotalMetricValue = 1.5 };
        locality.LoadMetricStats.Add(new EndpointLoadMetricStats { MetricName = "bad", NumRequestsFinishedWithMetric = 1, TotalMetricValue = double.NaN });
        locality.LoadMetricStats.Add(Enumerable.Range(0, 100).Select(
            i => new EndpointLoadMetricStats { MetricName = $"m{i:d3}", NumRequestsFinishedWithMetric = 1, TotalMetricValue = i }));
        report.UpstreamLocalityStats.Add(Enumerable.Range(0, 100).Select(
            i => new UpstreamLocalityStats { Locality = new Locality { Region = $"r{i}" }, TotalSuccessfulRequests = 1 }));

        await reporter.SendAsync(report);
        await reporter.SendAsync(report);

        await StreamTests.Until(() => host.Server.Loads is [{ Dropped: 8 }]);
        ClusterLoad web = host.Server.Loads[0];
        Assert.Equal(6UL, web.DroppedByCategory["lb"]);
        Assert.Equal(64, web.Localities.Length);
        LocalityLoad west = web.Localities.Single(one => one.Region == "west");
        Assert.Equal(32, west.Metrics.Count);
        Assert.Equal(new LoadMetric(2, 4), west.Metrics["m002"]);
        Assert.DoesNotContain("bad", west.Metrics.Keys);
    }

    [Fact]
    public async Task Clusters_AreBounded_AndSumsDoNotWrapAround()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using Reporter reporter = new(host, "one");
        await reporter.StartAsync();
        await reporter.SendAsync(Report("first", "west", ok: ulong.MaxValue));
        await reporter.SendAsync(Report("first", "west", ok: 2));
        await reporter.SendAsync([.. Enumerable.Range(0, LoadTable.MaxClusters - 1).Select(i => Report($"c{i}", "west", ok: 1))]);
        await StreamTests.Until(() => host.Server.Loads.Length == LoadTable.MaxClusters);
        Assert.Equal(ulong.MaxValue, host.Server.Loads.Single(load => load.Cluster == "first").Localities[0].Succeeded);

        await reporter.SendAsync(Report("last", "west", ok: 1));

        await StreamTests.Until(() => host.Server.Loads.Any(load => load.Cluster == "last"));
        Assert.Equal(LoadTable.MaxClusters, host.Server.Loads.Length);
        Assert.DoesNotContain(host.Server.Loads, load => load.Cluster == "first");
    }

    [Fact]
    public async Task FirstAnswer_AsksForAll_OrNamesTheClustersOfTheSnapshot()
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { LoadReportInterval = TimeSpan.FromSeconds(7) });
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "cds/b=1"));
        using Reporter modern = new(host, "one");
        LoadStatsResponse all = await modern.StartAsync("envoy.lrs.supports_send_all_clusters");
        using Reporter old = new(host, "two");
        LoadStatsResponse named = await old.StartAsync();

        Assert.Equal((true, 0, 7), (all.SendAllClusters, all.Clusters.Count, all.LoadReportingInterval.Seconds));
        Assert.False(named.SendAllClusters);
        Assert.Equal(["a", "b"], named.Clusters);

        host.Server.Publish(Snapshots.Of("r2", "cds/a=1", "cds/c=1"));
        await old.SendAsync(Report("a", "west", ok: 1));
        Assert.Equal(["a", "c"], (await old.NextAsync()).Clusters);
    }

    [Fact]
    public async Task Strangers_AreRefused_AndGroupsKeptApart()
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { Authorizer = new TestAuthorizer(), GroupOf = node => "of " + node.Id });
        using Reporter stranger = new(host, "stranger");
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => stranger.StartAsync());
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        using Reporter nobody = new(host, "");
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => nobody.StartAsync())).StatusCode);

        using Reporter one = new(host, "one");
        using Reporter two = new(host, "two");
        await one.StartAsync();
        await two.StartAsync();
        await one.SendAsync(Report("web", "west", ok: 1));
        await two.SendAsync(Report("web", "west", ok: 2));
        await StreamTests.Until(() => host.Server.Loads.Length == 2);
        Assert.Equal(["of one", "of two"], host.Server.Loads.Select(load => load.Group));
    }

    [Fact]
    public async Task Stop_EndsTheStreams()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using Reporter reporter = new(host, "one");
        await reporter.StartAsync();
        host.Server.Stop();
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(reporter.NextAsync)).StatusCode);
    }

    private static ClusterStats Report(string cluster, string region, ulong ok = 0, ulong failed = 0, ulong issued = 0, ulong running = 0) => new()
    {
        ClusterName = cluster,
        UpstreamLocalityStats =
        {
            new UpstreamLocalityStats
            {
                Locality = new Locality { Region = region },
                TotalSuccessfulRequests = ok,
                TotalErrorRequests = failed,
                TotalIssuedRequests = issued,
                TotalRequestsInProgress = running,
            },
        },
    };

    private sealed class Reporter(XdsHost host, string node) : IDisposable
    {
        private readonly AsyncDuplexStreamingCall<LoadStatsRequest, LoadStatsResponse> _call =
            new LoadReportingService.LoadReportingServiceClient(host.Invoker).StreamLoadStats();

        public async Task<LoadStatsResponse> StartAsync(params string[] features)
        {
            await _call.RequestStream.WriteAsync(new LoadStatsRequest { Node = new Node { Id = node, ClientFeatures = { features } } }).WaitAsync(XdsHost.Patience);
            return await NextAsync();
        }

        public Task SendAsync(params ClusterStats[] reports) =>
            _call.RequestStream.WriteAsync(new LoadStatsRequest { ClusterStats = { reports } }).WaitAsync(XdsHost.Patience);

        public async Task<LoadStatsResponse> NextAsync()
        {
            Assert.True(await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(XdsHost.Patience));
            return _call.ResponseStream.Current;
        }

        public void Dispose() => _call.Dispose();
    }
}
