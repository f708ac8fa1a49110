// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Streams;

/// <summary>The protocol over real HTTP/2: rows R2 to R4, I1 to I3, T1, T3, M2 to M4, P2 and Z1.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task Subscribe_GetsNamesVersionsRevisionAndNonce()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("rev-1", "cds/a=1"));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await envoy.NextAsync());
        Assert.Equal("rev-1", envoy.Last.SystemVersionInfo);
        Assert.Equal(16, envoy.Last.Nonce.Length);
        Assert.Equal("a", envoy.Last.Resources[0].Name);
        Assert.Equal(Snapshots.Version("cds/a=1"), envoy.Last.Resources[0].Version);
    }

    [Fact]
    public async Task R4_BeforeTheFirstPublish_TheAnswerWaits()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        await envoy.SubscribeAsync("lds");
        await Until(() => host.Server.Nodes is [{ Types.Length: 2 }]);
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "lds/l=1"));
        Assert.Equal("cds[a=1]", await envoy.NextAsync());
        Assert.Equal("lds[l=1]", await envoy.NextAsync());
    }

    [Fact]
    public async Task R3_OtherServerWithEqualContent_SendsNothingOnReconnect()
    {
        string version;
        await using (XdsHost first = await XdsHost.StartAsync())
        {
            first.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
            using FakeEnvoy envoy = first.Connect();
            await envoy.SubscribeAsync("cds");
            await envoy.NextAsync();
            version = envoy.Last.Resources[0].Version;
        }

        await using XdsHost second = await XdsHost.StartAsync();
        second.Server.Publish(Snapshots.Of("another", "cds/a=1"));
        using FakeEnvoy again = second.Connect();
        await again.SendAsync("cds", request => request.InitialResourceVersions["a"] = version);
        await again.ExpectNothingAsync();
        Assert.Equal("another", Assert.Single(Assert.Single(second.Server.Nodes).Types, type => type.TypeUrl.EndsWith("Cluster", StringComparison.Ordinal)).AckedRevision);
    }

    [Fact]
    public async Task I1_NodeOmittedLater_Works()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "lds/l=1"));
        using FakeEnvoy envoy = host.Connect("egress-1");
        await envoy.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await envoy.NextAndAckAsync());
        await envoy.SubscribeAsync("lds");
        Assert.Equal("lds[l=1]", await envoy.NextAndAckAsync());
        Assert.Equal("egress-1", Assert.Single(host.Server.Nodes).Node.Id);
    }

    [Fact]
    public async Task I2_NodeChanged_IsInvalidArgument()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using FakeEnvoy envoy = host.Connect("one");
        await envoy.SubscribeAsync("cds");
        await envoy.SendAsync("lds", request => request.Node = new Node { Id = "two", Cluster = "cluster" });
        Assert.Equal(StatusCode.InvalidArgument, (await envoy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task I3_NoNode_IsInvalidArgument()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SendAsync("cds", request => request.Node = null);
        Assert.Equal(StatusCode.InvalidArgument, (await envoy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task NodeWithControlCharacters_IsInvalidArgument()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using FakeEnvoy envoy = host.Connect("one\ntwo");
        await envoy.SubscribeAsync("cds");
        Assert.Equal(StatusCode.InvalidArgument, (await envoy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task T1_UnknownType_LeavesTheStreamWorking()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SendAsync("type.googleapis.com/no.such.Type\n", request => request.ResourceNamesSubscribe.Add("x"));
        await envoy.SubscribeAsync("cds");
        Assert.Equal("cds[a=1]", await envoy.NextAsync());
        Assert.Contains(host.Logs.Entries, entry => entry.Id == 1103 && !entry.Text.Contains('\n', StringComparison.Ordinal));
    }

    [Fact]
    public async Task T3_EmptyType_IsInvalidArgument()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using FakeEnvoy envoy = host.Connect();
        await envoy.SendAsync("cds", request => request.TypeUrl = "");
        Assert.Equal(StatusCode.InvalidArgument, (await envoy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task M2M3_AddThenRemove_IsMakeBeforeBreak()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "lds/l=1", "rds/r=1"));
        using FakeEnvoy envoy = host.Connect();
        await StartAsync(envoy);
        host.Server.Publish(Snapshots.Of("r2", "cds/a=1", "cds/b=1", "lds/l=1", "rds/r=2"));
        Assert.Equal("cds[b=1]", await envoy.NextAsync());
        DeltaDiscoveryResponse clusters = envoy.Last;
        await envoy.ExpectNothingAsync();
        await envoy.SendAsync("cds", request => request.ResponseNonce = clusters.Nonce);
        Assert.Equal("rds[r=2]", await envoy.NextAndAckAsync());
        host.Server.Publish(Snapshots.Of("r3", "cds/a=1", "lds/l=1", "rds/r=1"));
        Assert.Equal("rds[r=1]", await envoy.NextAndAckAsync());
        Assert.Equal("cds[] -b", await envoy.NextAndAckAsync());
    }

    [Fact]
    public async Task M4_SlowAck_DelaysNobodyElseAndEndsWithTheTimeout()
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { AckTimeout = TimeSpan.FromMilliseconds(500) });
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "rds/r=1", "lds/l=1"));
        using FakeEnvoy slow = host.Connect("slow");
        using FakeEnvoy quick = host.Connect("quick");
        await StartAsync(slow);
        await StartAsync(quick);
        host.Server.Publish(Snapshots.Of("r2", "cds/a=2", "rds/r=2", "lds/l=1"));
        Assert.Equal("cds[a=2]", await slow.NextAsync());
        Assert.Equal("cds[a=2]", await quick.NextAndAckAsync());
        Assert.Equal("rds[r=2]", await quick.NextAndAckAsync());
        Assert.Equal("rds[r=2]", await slow.NextAsync());
    }

    [Fact]
    public async Task P2_Burst_EndsWithTheLastInFewResponses()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r0", "cds/a=0"));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        await envoy.NextAndAckAsync();
        for (int i = 1; i <= 1000; i++)
        {
            host.Server.Publish(Snapshots.Of($"r{i}", $"cds/a={i}"));
        }

        // Not acknowledged: only one may be under way.
        string first = await envoy.NextAsync();
        if (first != "cds[a=1000]")
        {
            await envoy.AckAsync();
            Assert.Equal("cds[a=1000]", await envoy.NextAsync());
        }

        await envoy.AckAsync();
        await envoy.ExpectNothingAsync();
    }

    [Fact]
    public async Task Z1_LongName_IsInvalidArgument()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("rds", new string('x', 1024 * 1024));
        Assert.Equal(StatusCode.InvalidArgument, (await envoy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task Z1_TooManyNames_IsResourceExhausted()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("rds", [.. Enumerable.Range(0, 100_000).Select(i => $"name-{i}")]);
        Assert.Equal(StatusCode.ResourceExhausted, (await envoy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task Z1_HalfCloseResetAndDoubleAck_LeaveNoStreamBehind()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using FakeEnvoy reset = host.Connect("reset");
        using FakeEnvoy closing = host.Connect("closing");
        await reset.SubscribeAsync("cds");
        await reset.NextAsync();
        await closing.SendAsync("cds", request => request.ResponseNonce = "before-the-answer");
        await closing.NextAsync();
        await closing.AckAsync();
        await closing.AckAsync();
        await closing.ExpectNothingAsync();
        await closing.HalfCloseAsync();
        Assert.Equal(StatusCode.OK, (await closing.EndAsync()).StatusCode);
        reset.Dispose();
        await Until(() => host.Server.Nodes.IsEmpty);
    }

    [Fact]
    public async Task Stop_EndsStreamsWithUnavailable()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        await Until(() => host.Server.Nodes.Length == 1);
        host.Server.Stop();
        Assert.Equal(StatusCode.Unavailable, (await envoy.EndAsync()).StatusCode);
    }

    internal static async Task StartAsync(FakeEnvoy envoy)
    {
        await envoy.SubscribeAsync("cds");
        await envoy.NextAndAckAsync();
        await envoy.SubscribeAsync("lds");
        await envoy.NextAndAckAsync();
        await envoy.SubscribeAsync("rds", "r");
        await envoy.NextAndAckAsync();
        await envoy.ExpectNothingAsync();
    }

    /// <summary>
    /// A loop that was slow between its look and the setting of its timer forgot what fell due in between: heartbeats stopped, and
    /// removals and timeouts waited for the next event. Here every look at the clock is that slow.
    /// </summary>
    [Fact]
    public async Task Deadline_ThatPassesBeforeTheTimerIsSet_IsMet()
    {
        XdsServerOptions options = new() { AckTimeout = TimeSpan.FromHours(1), RemovalGrace = TimeSpan.FromMilliseconds(50) };
        await using XdsHost host = await XdsHost.StartAsync(options, _ => { }, time: new LeapingTime());
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "cds/b=1"));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        Assert.Equal("cds[a=1 b=1]", await envoy.NextAndAckAsync());
        host.Server.Publish(Snapshots.Of("r2", "cds/a=1"));
        Assert.Equal("cds[] -b", await envoy.NextAndAckAsync());
    }

    internal static async Task Until(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(XdsHost.Patience);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class LeapingTime : TimeProvider
    {
        private static readonly long Leap = System.TimestampFrequency / 10;
        private long _leapt;

        public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Add(ref _leapt, Leap);
    }
}
