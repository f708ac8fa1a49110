// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Authorization;
using Cagent.Xds.Tests.Streams;
using Envoy.Admin.V3;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Status.V3;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Xds.Tests.Csds;

/// <summary>The status service beside clients that do not read, and its limit; fetched and streamed.</summary>
public sealed class StatusBoundsTests
{
    private static readonly XdsServerOptions Options = new() { Authorizer = new TestAuthorizer(), GroupOf = node => node.Id };

    /// <summary>Its loop waits for the client to read, so it cannot tell more; the others' are not kept waiting for it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StalledStream_IsToldByTypeAndTheOthersInFull(bool isStreamed)
    {
        await using XdsHost host = await XdsHost.StartAsync(Options);
        host.Server.Publish("quick", Snapshots.Of("r1", "cds/a=1"));
        using FakeEnvoy quick = host.Connect("quick");
        await quick.SubscribeAsync("cds");
        await quick.NextAndAckAsync();
        using AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stalled = await StallAsync(host);

        ClientConfig[] clients = await EventuallyAsync(host, isStreamed, clients => clients.Any(client => client.GenericXdsConfigs.Any(config => config.Name.Length == 0)));

        Assert.Equal(["quick", "stalled"], clients.Select(client => client.Node.Id));
        ClientConfig.Types.GenericXdsConfig inFull = Assert.Single(clients[0].GenericXdsConfigs);
        Assert.Equal(("a", ConfigStatus.Synced, ClientResourceStatus.Acked), (inFull.Name, inFull.ConfigStatus, inFull.ClientStatus));
        ClientConfig.Types.GenericXdsConfig byType = Assert.Single(clients[1].GenericXdsConfigs);
        Assert.Equal((XdsType.Cluster.TypeUrl, "", ConfigStatus.Stale), (byType.TypeUrl, byType.Name, byType.ConfigStatus));

        // Nor is anything else kept waiting.
        host.Server.Publish("quick", Snapshots.Of("r2", "cds/a=2"));
        Assert.Equal("cds[a=2]", await quick.NextAndAckAsync());
    }

    [Fact]
    public async Task StalledStream_EndsWithTheWriteTimeoutAndIsToldNoMore()
    {
        await using XdsHost host = await XdsHost.StartAsync(Options with { WriteTimeout = TimeSpan.FromMilliseconds(300) });
        using AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stalled = await StallAsync(host);
        await StreamTests.Until(() => host.Server.OpenStreams == 0);
        Assert.Empty((await FetchAsync(host, new ClientStatusRequest())).Config);
    }

    [Fact]
    public async Task TooLargeStatus_IsResourceExhaustedAndNarrowerOnesAreNot()
    {
        await using XdsHost host = await XdsHost.StartAsync(Options with { MaxStatusBytes = 4096 });
        foreach (string node in (string[])["large", "small"])
        {
            host.Server.Publish(node, Snapshots.Of($"{node}-1", $"cds/a={(node == "large" ? new string('x', 5000) : "1")}"));
        }

        using FakeEnvoy large = host.Connect("large");
        using FakeEnvoy small = host.Connect("small");
        foreach (FakeEnvoy envoy in (FakeEnvoy[])[large, small])
        {
            await envoy.SubscribeAsync("cds");
            await envoy.NextAndAckAsync();
        }

        await StreamTests.Until(() => host.Server.Nodes.Length == 2);
        ClientStatusRequest everything = new();
        ClientStatusRequest narrow = new() { NodeMatchers = { new Envoy.Type.Matcher.V3.NodeMatcher { NodeId = new Envoy.Type.Matcher.V3.StringMatcher { Exact = "small" } } } };
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => FetchAsync(host, everything));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains("exclude_resource_contents", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(2, (await FetchAsync(host, new ClientStatusRequest { ExcludeResourceContents = true })).Config.Count);
        Assert.Single((await FetchAsync(host, narrow)).Config);

        using AsyncDuplexStreamingCall<ClientStatusRequest, ClientStatusResponse> call = Client(host).StreamClientStatus(TestAuthorizer.Token);
        await call.RequestStream.WriteAsync(narrow);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(XdsHost.Patience));
        await call.RequestStream.WriteAsync(everything);
        refusal = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(XdsHost.Patience));
        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
    }

    /// <summary>A client that has subscribed, and then does not read while much more than all buffers hold is on its way.</summary>
    private static async Task<AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse>> StallAsync(XdsHost host)
    {
        host.Server.Publish("stalled", Snapshots.Of("r1", "cds/small=1"));
        AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call = host.CreateClient().DeltaAggregatedResources();
        await call.RequestStream.WriteAsync(new DeltaDiscoveryRequest { TypeUrl = XdsType.Cluster.TypeUrl, Node = new Envoy.Config.Core.V3.Node { Id = "stalled" } });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(XdsHost.Patience));
        await call.RequestStream.WriteAsync(new DeltaDiscoveryRequest { TypeUrl = XdsType.Cluster.TypeUrl, ResponseNonce = call.ResponseStream.Current.Nonce });
        await StreamTests.Until(() => host.Server.Nodes.Any(node => node.Node.Id == "stalled" && node.Types is [{ AckedRevision: "r1" }]));
        ByteString body = ByteString.CopyFrom(new byte[512 * 1024]);
        host.Server.Publish("stalled", XdsSnapshot.Create("big", Enumerable.Range(0, 64)
            .Select(i => XdsResource.FromBytes(XdsType.Cluster.TypeUrl, i.ToString(CultureInfo.InvariantCulture), body))));
        return call;
    }

    private static async Task<ClientConfig[]> EventuallyAsync(XdsHost host, bool isStreamed, Func<ClientConfig[], bool> isFound)
    {
        using AsyncDuplexStreamingCall<ClientStatusRequest, ClientStatusResponse>? call = isStreamed ? Client(host).StreamClientStatus(TestAuthorizer.Token) : null;
        ClientStatusRequest request = new() { ExcludeResourceContents = true };
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            ClientConfig[] clients;
            if (call is null)
            {
                clients = [.. (await FetchAsync(host, request)).Config];
            }
            else
            {
                await call.RequestStream.WriteAsync(request);
                Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(XdsHost.Patience));
                clients = [.. call.ResponseStream.Current.Config];
            }

            if (isFound(clients))
            {
                return clients;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < XdsHost.Patience, string.Join(", ", clients.AsEnumerable()));
        }
    }

    private static async Task<ClientStatusResponse> FetchAsync(XdsHost host, ClientStatusRequest request) =>
        await Client(host).FetchClientStatusAsync(request, TestAuthorizer.Token).ResponseAsync.WaitAsync(XdsHost.Patience);

    private static ClientStatusDiscoveryService.ClientStatusDiscoveryServiceClient Client(XdsHost host) => new(host.Invoker);
}
