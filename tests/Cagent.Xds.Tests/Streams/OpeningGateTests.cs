// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Time;
using Cagent.Xds.Streams;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;

namespace Cagent.Xds.Tests.Streams;

/// <summary>Nodes that return together come in a few at a time, and none of them holds the others up.</summary>
public sealed class OpeningGateTests
{
    private static readonly XdsServerOptions OneAtATime = new() { MaxConcurrentOpenings = 1, OpeningTimeout = TimeSpan.FromMilliseconds(400) };

    [Fact]
    public async Task TryEnter_PlacesTaken_WaitsInOrder()
    {
        OpeningGate gate = new(OneAtATime, new ManualTime());
        OpeningGate.Place first = (await gate.TryEnterAsync(CancellationToken.None))!;
        Task<OpeningGate.Place?> second = gate.TryEnterAsync(CancellationToken.None).AsTask();
        Task<OpeningGate.Place?> third = gate.TryEnterAsync(CancellationToken.None).AsTask();
        Assert.Equal(2, gate.Waiting);

        first.Dispose();
        first.Dispose();
        OpeningGate.Place? place = await second.WaitAsync(XdsHost.Patience);
        Assert.False(third.IsCompleted);
        place!.Dispose();
        Assert.NotNull(await third.WaitAsync(XdsHost.Patience));
        Assert.Equal(0, gate.Waiting);
    }

    [Fact]
    public async Task Place_NotGivenBack_IsTakenAfterItsTime()
    {
        ManualTime time = new();
        OpeningGate gate = new(OneAtATime, time);
        OpeningGate.Place stalled = (await gate.TryEnterAsync(CancellationToken.None))!;
        Task<OpeningGate.Place?> next = gate.TryEnterAsync(CancellationToken.None).AsTask();
        time.Advance(OpeningGate.MaxHold);
        OpeningGate.Place? place = await next.WaitAsync(XdsHost.Patience);
        Assert.NotNull(place);

        // The late return counts once: one place, not two.
        stalled.Dispose();
        Task<OpeningGate.Place?> other = gate.TryEnterAsync(CancellationToken.None).AsTask();
        Assert.Equal(1, gate.Waiting);
        place.Dispose();
        Assert.NotNull(await other.WaitAsync(XdsHost.Patience));
    }

    [Fact]
    public async Task TryEnter_StreamEnds_StopsWaiting()
    {
        OpeningGate gate = new(OneAtATime, new ManualTime());
        using OpeningGate.Place? place = await gate.TryEnterAsync(CancellationToken.None);
        using CancellationTokenSource stream = new();
        Task<OpeningGate.Place?> waiting = gate.TryEnterAsync(stream.Token).AsTask();
        await stream.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(XdsHost.Patience));
        Assert.Equal(0, gate.Waiting);
    }

    [Fact]
    public async Task Storm_OfManyNodes_AllGetTheirConfiguration()
    {
        await using XdsHost host = await XdsHost.StartAsync(OneAtATime with { OpeningTimeout = XdsHost.Patience });
        host.Server.Publish(Snapshots.Of("r1", "cds/a=1"));
        FakeEnvoy[] envoys = [.. Enumerable.Range(0, 200).Select(i => host.Connect($"node-{i}"))];
        await Task.WhenAll(envoys.Select(envoy => envoy.SubscribeAsync("cds")));
        string[] got = await Task.WhenAll(envoys.Select(envoy => envoy.NextAndAckAsync()));
        Assert.All(got, text => Assert.Equal("cds[a=1]", text));
        Array.ForEach(envoys, envoy => envoy.Dispose());
    }

    [Fact]
    public async Task PlaceNotFreeInTime_IsResourceExhausted_AndLaterOnesComeIn()
    {
        ManualTime time = new();
        XdsServerOptions options = OneAtATime with { OpeningTimeout = OpeningGate.MaxHold / 2 };
        await using XdsHost host = await XdsHost.StartAsync(options, _ => { }, time: time);
        using Measurements measurements = new(host.Meters);

        // More than the windows take, and nobody reads. Not a FakeEnvoy: that one always reads, so that its place was free again at some
        // moment of its own, and this test was red now and then.
        host.Server.Publish(Snapshots.Of("r1", [.. Enumerable.Range(0, 16).Select(i => $"cds/a{i}={new string('x', 512 * 1024)}")]));
        using AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> stalled = host.CreateClient().DeltaAggregatedResources();
        await stalled.RequestStream.WriteAsync(
            new DeltaDiscoveryRequest { TypeUrl = Snapshots.Type("cds").TypeUrl, Node = new Node { Id = "stalled", UserAgentName = "fake" } });
        await StreamTests.Until(() => host.Logs.Entries.Any(entry => entry.Id == 1100));
        using FakeEnvoy late = host.Connect("late");
        await late.SubscribeAsync("lds");
        await StreamTests.Until(() => measurements.Sum("cagent.xds.streams.waiting") == 1);
        time.Advance(options.OpeningTimeout);
        Status end = await late.EndAsync();
        Assert.Equal((StatusCode.ResourceExhausted, "too many streams open at this time"), (end.StatusCode, end.Detail));

        time.Advance(OpeningGate.MaxHold);
        using FakeEnvoy next = host.Connect("next");
        await next.SubscribeAsync("cds");
        Assert.StartsWith("cds[", await next.NextAsync(), StringComparison.Ordinal);
    }
}
