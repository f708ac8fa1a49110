// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using Cagent.Xds.Tests.Conformance;
using Cagent.Xds.Tests.Streams;

namespace Cagent.Xds.Tests.ConformanceHost;

/// <summary>The conformance host end to end: as a process, over its two ports.</summary>
public sealed class ConformanceHostTests
{
    private const string Cluster = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

    [Fact]
    public async Task State_IsServedForgottenAndSetAgain()
    {
        await using HostUnderTest host = await HostUnderTest.StartAsync();
        foreach (string variant in Variants.All)
        {
            string node = "node-" + variant;
            using Driver client = host.Connect(variant, node);
            await host.SetAsync(node, "cds/a=1", "rds/a=1");
            await client.WildcardAsync("cds");
            Assert.Equal("a=1", (await client.NextAsync("cds")).Content);
            await client.SubscribeAsync("rds", "a");
            Assert.Equal("a=1", (await client.NextAsync("rds")).Content);
            await host.ForgetAsync(node);
            await client.SubscribeAsync("rds", "b");
            await host.SetAsync(node, "cds/a=2", "rds/b=1");
            Assert.Equal("a=2", (await client.NextAsync("cds")).Content);
            Assert.Equal("b=1", (await client.NextAsync("rds")).Content);
        }

        Dictionary<string, double> stats = await host.GetAsync<Dictionary<string, double>>("/stats");
        Assert.True(stats["rss_bytes"] > 0 && stats["cpu_seconds"] > 0);
        Assert.Contains("open_streams", stats.Keys);
    }

    [Fact]
    public async Task StateOfEveryNode_IsForThoseWithoutTheirOwn()
    {
        await using HostUnderTest host = await HostUnderTest.StartAsync();
        await host.SetAsync("*", "cds/all=1");
        await host.SetAsync("own", "cds/own=1");
        using Driver own = host.Connect("IA", "own");
        using Driver other = host.Connect("IA", "other");
        await own.WildcardAsync("cds");
        await other.WildcardAsync("cds");
        Assert.Equal("own=1", (await own.NextAsync("cds")).Content);
        Assert.Equal("all=1", (await other.NextAsync("cds")).Content);
        await host.SetAsync("*", "cds/all=2");
        Assert.Equal("all=2", (await other.NextAsync("cds")).Content);
        await host.SetAsync("other", "cds/all=3");
        Assert.Equal("all=3", (await other.NextAsync("cds")).Content);
        own.ExpectNothingMore();
        await host.ForgetAsync("other");
        await host.SetAsync("*", "cds/all=4");
        Assert.Equal("all=4", (await other.NextAsync("cds")).Content);
    }

    [Fact]
    public async Task Rest_IsServedOnItsOwnPort()
    {
        await using HostUnderTest host = await HostUnderTest.StartAsync("--rest-port", "0");
        await host.SetAsync("n");
        using HttpClient http = new();
        using HttpResponseMessage response = await http.PostAsync(
            new Uri($"http://127.0.0.1:{host.RestPort}/v3/discovery:clusters"), new StringContent("""{"node": {"id": "n"}}"""));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(Cluster, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await using HostUnderTest without = await HostUnderTest.StartAsync();
        Assert.Null(without.RestPort);
    }

    [Fact]
    public async Task Nacks_AreListedNewestLast()
    {
        await using HostUnderTest host = await HostUnderTest.StartAsync();
        await host.SetAsync("n", "cds/a=1");
        using Driver client = host.Connect("SA", "n");
        await client.WildcardAsync("cds");
        string first = (await client.TakeAsync("cds")).Nonce;
        await client.NackAsync("cds", "first");
        await host.SetAsync("n", "cds/a=2");
        string second = (await client.TakeAsync("cds")).Nonce;
        await client.NackAsync("cds", "second");
        await host.SetAsync("n", "cds/a=3");
        await client.NextAsync("cds");
        Dictionary<string, string>[] nacks = await host.GetAsync<Dictionary<string, string>[]>("/nacks?node=n");
        Assert.Equal([(Cluster, first, "first"), (Cluster, second, "second")], nacks.Select(nack => (nack["type_url"], nack["nonce"], nack["message"])));
        Assert.Empty(await host.GetAsync<Dictionary<string, string>[]>("/nacks?node=other"));
    }

    [Fact]
    public async Task UnreadableState_IsBadRequest()
    {
        await using HostUnderTest host = await HostUnderTest.StartAsync();
        string[] bodies =
        [
            "{",
            "{}",
            """{"node": "n", "resources": {"type.googleapis.com/no.such.Type": []}}""",
            """{"node": "n", "resources": {"type.googleapis.com/envoy.config.cluster.v3.Cluster": [{"name": "a", "any": "!"}]}}""",
            """{"node": "n", "resources": {"type.googleapis.com/envoy.config.cluster.v3.Cluster": [{"name": "a"}]}}""",
        ];
        foreach (string body in bodies)
        {
            using HttpResponseMessage response = await host.PostAsync(body);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
    }

    [Fact]
    public async Task WithoutPorts_ItTellsItsUsage()
    {
        using Process process = HostUnderTest.Run("--xds-port", "0");
        await process.WaitForExitAsync().WaitAsync(XdsHost.Patience);
        Assert.Equal(2, process.ExitCode);
        Assert.StartsWith("usage:", await process.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
    }
}
