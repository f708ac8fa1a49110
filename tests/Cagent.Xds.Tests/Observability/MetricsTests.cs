// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Resources;
using Cagent.Xds.Tests.Streams;

namespace Cagent.Xds.Tests.Observability;

/// <summary>The server's metrics, each by its name: what operators watch.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task Streams_AreCountedWhileTheyAreOpen()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using Measurements measurements = new(host.Meters);
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using (FakeEnvoy envoy = host.Connect())
        {
            await envoy.SubscribeAsync("cds");
            await envoy.NextAndAckAsync();
            Assert.Equal(1, measurements.Sum("cagent.xds.streams"));
        }

        await StreamTests.Until(() => measurements.Sum("cagent.xds.streams") == 0);
    }

    [Fact]
    public async Task PushesBytesAcksAndNacks_AreCountedByType()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using Measurements measurements = new(host.Meters);
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "lds/b=1"));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        await envoy.NextAndAckAsync();
        int bytes = envoy.Last.CalculateSize();
        await envoy.SubscribeAsync("lds");
        await envoy.NextAsync();
        await envoy.NackAsync("no");
        await envoy.SendAsync("lds", request => request.ResponseNonce = "never");
        await envoy.SendAsync("type.googleapis.com/no.such.Type");
        await envoy.ExpectNothingAsync();

        Assert.Equal(1, measurements.Sum("cagent.xds.responses", "cds"));
        Assert.Equal(1, measurements.Sum("cagent.xds.responses", "lds"));
        Assert.Equal(bytes, measurements.Sum("cagent.xds.sent", "cds"));
        Assert.Equal(1, measurements.Sum("cagent.xds.requests", "cds", "first"));
        Assert.Equal(1, measurements.Sum("cagent.xds.requests", "cds", "ack"));
        Assert.Equal(1, measurements.Sum("cagent.xds.requests", "lds", "nack"));
        Assert.Equal(0, measurements.Sum("cagent.xds.requests", "cds", "nack"));
        Assert.Equal(1, measurements.Sum("cagent.xds.requests", "lds", "stale"));
        Assert.Equal(1, measurements.Sum("cagent.xds.requests", "unknown", "unknown_type"));
        Assert.Equal(1, measurements.Count("cagent.xds.ack.duration", "cds"));
        Assert.Equal(0, measurements.Count("cagent.xds.ack.duration", "lds"));
    }

    [Fact]
    public async Task PushDuration_EndsWithTheLastAckOfAllClients()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using Measurements measurements = new(host.Meters);
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1", "eds/a=1"));
        using FakeEnvoy one = host.Connect("one");
        using FakeEnvoy two = host.Connect("two");
        foreach (FakeEnvoy envoy in (FakeEnvoy[])[one, two])
        {
            await envoy.SubscribeAsync("cds");
            await envoy.NextAndAckAsync();
            await envoy.SubscribeAsync("eds", "a");
            await envoy.NextAndAckAsync();
            await envoy.ExpectNothingAsync();
        }

        Assert.Equal(0, measurements.Count("cagent.xds.push.duration"));
        host.Server.Publish(Snapshots.Of("r2", "cds/a=2", "eds/a=1"));
        await one.NextAndAckAsync();
        await one.NextAndAckAsync();
        await one.ExpectNothingAsync();
        await two.NextAndAckAsync();
        await two.NextAsync();
        Assert.Equal(0, measurements.Count("cagent.xds.push.duration"));
        await two.AckAsync();
        await StreamTests.Until(() => measurements.Count("cagent.xds.push.duration") == 1);

        // One that goes away is waited for no longer.
        host.Server.Publish(Snapshots.Of("r3", "cds/a=2", "eds/a=2"));
        await one.NextAndAckAsync();
        await two.NextAsync();
        await one.ExpectNothingAsync();
        Assert.Equal(1, measurements.Count("cagent.xds.push.duration"));
        two.Dispose();
        await StreamTests.Until(() => measurements.Count("cagent.xds.push.duration") == 2);
    }

    [Fact]
    public async Task PushDuration_OfAnOvertakenPublication_IsNotTold()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using Measurements measurements = new(host.Meters);
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        using FakeEnvoy envoy = host.Connect();
        await envoy.SubscribeAsync("cds");
        await envoy.NextAndAckAsync();
        await envoy.ExpectNothingAsync();
        host.Server.Publish(Snapshots.Of("r2", "cds/a=2"));
        await envoy.NextAsync();
        host.Server.Publish(Snapshots.Of("r3", "cds/a=3"));
        await envoy.AckAsync();
        await envoy.NextAndAckAsync();
        await StreamTests.Until(() => measurements.Count("cagent.xds.push.duration") == 1);
        await envoy.ExpectNothingAsync();
        Assert.Equal(1, measurements.Count("cagent.xds.push.duration"));
    }

    [Fact]
    public async Task SnapshotsAndSubscriptions_AreToldAsTheyAre()
    {
        await using XdsHost host = await XdsHost.StartAsync(new XdsServerOptions { GroupOf = node => node.Id });
        using Measurements measurements = new(host.Meters);
        Assert.Equal(0, measurements.Sum("cagent.xds.snapshot.size"));
        host.Server.Publish("one", Snapshots.Of("r1", "cds/a=1", "cds/b=22", "lds/c=1"));
        host.Server.Publish("two", Snapshots.Of("r2", "cds/a=1"));
        Assert.Equal((3, 1), (measurements.Sum("cagent.xds.snapshot.resources", "cds"), measurements.Sum("cagent.xds.snapshot.resources", "lds")));
        Assert.Equal("a=1b=22a=1".Length, measurements.Sum("cagent.xds.snapshot.size", "cds"));
        using FakeEnvoy one = host.Connect("one");
        using FakeEnvoy two = host.Connect("two");
        foreach (FakeEnvoy envoy in (FakeEnvoy[])[one, two])
        {
            await envoy.SubscribeAsync("cds");
            await envoy.NextAndAckAsync();
            await envoy.SubscribeAsync("eds", "x");
            await envoy.NextAndAckAsync();
        }

        await StreamTests.Until(() => (measurements.Sum("cagent.xds.subscriptions", "cds"), measurements.Sum("cagent.xds.subscriptions", "eds")) == (2, 2));
        host.Server.Forget("one");
        Assert.Equal(1, measurements.Sum("cagent.xds.snapshot.resources"));
        two.Dispose();
        await StreamTests.Until(() => measurements.Sum("cagent.xds.subscriptions", "cds") == 1);
    }

    /// <summary>A series for each node, name or revision would grow without a bound.</summary>
    [Fact]
    public async Task Tags_AreTypesAndOutcomesOnly()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        using Measurements measurements = new(host.Meters);
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        for (int i = 0; i < 3; i++)
        {
            using FakeEnvoy envoy = host.Connect($"node-{i}");
            await envoy.SubscribeAsync("cds");
            await envoy.NextAndAckAsync();
            await envoy.SendAsync($"type.googleapis.com/of.nobody.{i}");
            await envoy.ExpectNothingAsync();
        }

        Assert.Equal(3, measurements.Sum("cagent.xds.snapshot.resources") + measurements.Sum("cagent.xds.requests", "unknown_type") - 1);
        string[] types = [.. XdsType.SendOrder.Select(type => type.ShortName), "unknown"];
        string[] outcomes = ["first", "ack", "nack", "stale", "spontaneous", "unknown_type", "found", "missing", "failed"];
        foreach (Measurements.Key key in measurements.Keys)
        {
            foreach (string[] tag in key.Tags.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(tag => tag.Split('=')))
            {
                Assert.Contains(tag[1], tag[0] switch { "cagent.xds.type" => types, "cagent.xds.outcome" => outcomes, _ => [] });
            }
        }
    }
}
