// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Authorization;
using Cagent.Xds.Nodes;
using Cagent.Xds.Streams;
using Cagent.Xds.Tests.Streams;
using Envoy.Service.Status.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Authorization;

/// <summary>Section 10: who is let in, and how much one client may ask for.</summary>
public sealed class AdmissionTests
{
    private static readonly XdsServerOptions Options = new() { Authorizer = new TestAuthorizer(), AckTimeout = TimeSpan.FromSeconds(20) };

    [Theory]
    [InlineData("stranger", StatusCode.PermissionDenied, "not this node")]
    [InlineData("broken", StatusCode.Unavailable, "cannot be authorised")]
    public async Task RefusedNode_GetsTheStatusAndNothingElse(string node, StatusCode code, string text)
    {
        await using XdsHost host = await XdsHost.StartAsync(Options);
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using FakeEnvoy envoy = host.Connect(node);
        await envoy.SubscribeAsync("cds");
        Status end = await envoy.EndAsync();
        Assert.Equal(code, end.StatusCode);
        Assert.Contains(text, end.Detail, StringComparison.Ordinal);
        Assert.Empty(host.Server.Nodes);
        using FakeEnvoy other = host.Connect("known");
        await other.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await other.NextAndAckAsync());
    }

    [Fact]
    public async Task SlowAuthoriser_Refuses()
    {
        await using XdsHost host = await XdsHost.StartAsync(Options with { OpeningTimeout = TimeSpan.FromMilliseconds(100) });
        using FakeEnvoy envoy = host.Connect("slow");
        await envoy.SubscribeAsync("cds");
        Assert.Equal(StatusCode.Unavailable, (await envoy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task SilentStream_EndsInTime()
    {
        await using XdsHost host = await XdsHost.StartAsync(Options with { OpeningTimeout = TimeSpan.FromMilliseconds(100) });
        using FakeEnvoy envoy = host.Connect();
        Assert.Equal(StatusCode.DeadlineExceeded, (await envoy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task StreamsOfANode_AreLimitedAndFreedAgain()
    {
        await using XdsHost host = await XdsHost.StartAsync(Options with { MaxStreamsPerNode = 1 });
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using (FakeEnvoy first = host.Connect("one"))
        {
            await first.SubscribeAsync("cds");
            await first.NextAndAckAsync();
            using FakeEnvoy second = host.Connect("one");
            await second.SubscribeAsync("cds");
            Assert.Equal(StatusCode.ResourceExhausted, (await second.EndAsync()).StatusCode);
            using FakeEnvoy other = host.Connect("two");
            await other.SubscribeAsync("cds");
            Assert.Equal("cds[a=1]", await other.NextAndAckAsync());
        }

        await StreamTests.Until(() => host.Server.OpenStreams == 0);
        using FakeEnvoy again = host.Connect("one");
        await again.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await again.NextAndAckAsync());
    }

    [Fact]
    public async Task LargeRequest_IsResourceExhausted()
    {
        await using XdsHost host = await XdsHost.StartAsync(Options with { MaxRequestBytes = 2048 });
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        await envoy.SubscribeAsync("eds", [.. Enumerable.Range(0, 100).Select(i => $"a-name-of-some-length-{i}")]);
        Status end = await envoy.EndAsync();
        Assert.Equal((StatusCode.ResourceExhausted, "the request is too large"), (end.StatusCode, end.Detail));
    }

    [Fact]
    public async Task Flood_IsResourceExhaustedAndTheOthersGoOn()
    {
        await using XdsHost host = await XdsHost.StartAsync(Options with { RequestsPerSecond = 0.001, RequestBurst = 8 });
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        // More than the burst and the one response, whose ACK is free.
        using FakeEnvoy rogue = host.Connect("rogue");
        for (int i = 0; i < 12; i++)
        {
            await rogue.SendAsync("eds", request => request.ResponseNonce = "never");
        }

        Status end = await rogue.EndAsync();
        Assert.Equal((StatusCode.ResourceExhausted, "too many requests in a short time"), (end.StatusCode, end.Detail));
        using FakeEnvoy other = host.Connect("other");
        await other.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await other.NextAndAckAsync());
    }

    [Fact]
    public void Budget_AcksAreFree_AndTheRestIsRefilled()
    {
        RequestBudget budget = new(perSecond: 1, burst: 2);
        for (int i = 0; i < 100; i++)
        {
            budget.Expect();
            Assert.True(budget.TryTake(TimeSpan.Zero, 100));
        }

        Assert.True(budget.TryTake(TimeSpan.Zero, 100));
        Assert.True(budget.TryTake(TimeSpan.Zero, 100));
        Assert.False(budget.TryTake(TimeSpan.Zero, 100));
        Assert.False(budget.TryTake(TimeSpan.FromSeconds(0.9), 100));
        Assert.True(budget.TryTake(TimeSpan.FromSeconds(1), 100));
        Assert.False(budget.TryTake(TimeSpan.FromSeconds(100), 1024 * 1024));
    }

    [Fact]
    public async Task SubjectNames_DecideExactly()
    {
        SubjectNameAuthorizer authorizer = new(node => node.Id == "egress-1" ? ["spiffe://site/egress-1"] : [], ["admin"]);
        Assert.Equal(StatusCode.OK, await Node("egress-1", "spiffe://site/egress-1"));
        Assert.Equal(StatusCode.OK, await Node("egress-1", "another", "spiffe://site/egress-1"));
        Assert.Equal(StatusCode.PermissionDenied, await Node("egress-1", "spiffe://site/egress-2"));
        Assert.Equal(StatusCode.PermissionDenied, await Node("unknown", "spiffe://site/egress-1"));
        Assert.Equal(StatusCode.Unauthenticated, await Node("egress-1"));
        Assert.Equal(StatusCode.OK, (await authorizer.AuthorizeStatusAsync(Caller("admin"), CancellationToken.None)).StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await authorizer.AuthorizeStatusAsync(Caller("spiffe://site/egress-1"), CancellationToken.None)).StatusCode);

        async Task<StatusCode> Node(string id, params string[] names) =>
            (await authorizer.AuthorizeNodeAsync(new NodeIdentity(id, "", ""), Caller(names), CancellationToken.None)).StatusCode;
    }

    [Fact]
    public async Task Status_IsForAuthorisedCallersOnly()
    {
        await using XdsHost host = await XdsHost.StartAsync(Options);
        ClientStatusDiscoveryService.ClientStatusDiscoveryServiceClient client = new(host.Invoker);
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await client.FetchClientStatusAsync(new ClientStatusRequest()));
        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        Assert.Empty((await client.FetchClientStatusAsync(new ClientStatusRequest(), TestAuthorizer.Token)).Config);
        await using XdsHost closed = await XdsHost.StartAsync();
        client = new ClientStatusDiscoveryService.ClientStatusDiscoveryServiceClient(closed.Invoker);
        refusal = await Assert.ThrowsAsync<RpcException>(async () => await client.FetchClientStatusAsync(new ClientStatusRequest(), TestAuthorizer.Token));
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
    }

    private static XdsCaller Caller(params string[] names) => new(
        names.Length == 0
            ? new AuthContext(null, [])
            : new AuthContext("san", new Dictionary<string, List<AuthProperty>> { ["san"] = [.. names.Select(name => AuthProperty.Create("san", System.Text.Encoding.UTF8.GetBytes(name)))] }),
        [], "test");
}
