// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Cagent.Compiler.Limits;
using Cagent.ExtAuthz.Slots;
using Cagent.Policy;
using Cagent.TestKit.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.ExtAuthz.Tests.Slots;

/// <summary>What agents hold open: never more than their bounds, and never less for a message that was lost.</summary>
public sealed class AgentSlotsTests
{
    private static readonly LimitTable Limits = LimitTable.From(PolicyLoader.Load("""
        version: 1
        agents:
          - {name: a, identity: {source: 10.0.0.1}, limits: {max_connections: 2, max_streams: 3, max_tunnels: 2}}
          - {name: b, identity: {source: 10.0.0.2}, limits: {max_streams: 1}}
        """, "cagent.yaml").Policy!);

    private readonly ManualTime _time = new();
    private readonly AgentSlots _slots;

    public AgentSlotsTests() => _slots = new AgentSlots(
        _time, new ExtAuthzMetrics(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>()), NullLogger<AgentSlots>.Instance);

    [Fact]
    public async Task Take_BeyondEachBound_SaysWhich_AndOtherAgentsHaveTheirOwn()
    {
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("1", connection: "x", isTunnel: true));
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("2", connection: "y", isTunnel: true));
        Assert.Equal(SlotAnswer.TooManyConnections, await TakeAsync("3", connection: "z"));
        Assert.Equal(SlotAnswer.TooManyTunnels, await TakeAsync("3", connection: "x", isTunnel: true));
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("3"));
        Assert.Equal(SlotAnswer.TooManyStreams, await TakeAsync("4"));
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("5", "b"));
        Assert.Equal(SlotAnswer.TooManyStreams, await TakeAsync("6", "b"));
    }

    [Fact]
    public async Task Take_WithoutAnIdOrWithOneInUse_IsRefused()
    {
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("1"));
        Assert.Equal(SlotAnswer.Unnamed, await TakeAsync("1"));
        Assert.Equal(SlotAnswer.Unnamed, await TakeAsync("1", "b"));
        Assert.Equal(SlotAnswer.Unnamed, await TakeAsync(""));
    }

    [Fact]
    public async Task Ended_ToldTwiceOrOfNothing_GivesOneSlotBack()
    {
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("1", "b"));
        _slots.Ended("never");
        _slots.Ended("1");
        _slots.Ended("1");
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("2", "b"));
        Assert.Equal(SlotAnswer.TooManyStreams, await TakeAsync("3", "b"));
    }

    [Fact]
    public async Task Take_WhileFull_WaitsForOneThatEnds()
    {
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("1", "b"));
        ValueTask<SlotAnswer> waiting = Start("2", "b");
        Assert.False(waiting.IsCompleted);
        _slots.Ended("1");
        Assert.Equal(SlotAnswer.Taken, await waiting);
    }

    [Fact]
    public async Task Take_GivenUpWhileItWaits_TakesNothing()
    {
        using CancellationTokenSource gone = new();
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("1", "b"));
        ValueTask<SlotAnswer> waiting = _slots.TakeAsync(Question("2", "b"), gone.Token);
        await gone.CancelAsync();
        Assert.Equal(SlotAnswer.TooManyStreams, await waiting);
        _slots.Ended("1");
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("3", "b"));
    }

    /// <summary>A connection counts until its own end, whatever runs on it.</summary>
    [Fact]
    public async Task Connection_CountsUntilItEnds()
    {
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("1", connection: "x"));
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("2", connection: "y"));
        _slots.Ended("1");
        _slots.Ended("2");
        Assert.Equal(SlotAnswer.TooManyConnections, await TakeAsync("3", connection: "z"));
        _slots.Disconnected("x");
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("3", connection: "z"));
    }

    [Fact]
    public async Task LostEnd_IsTakenBack_OnlyWhenTheProxyReportsOthers()
    {
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("1", "b"));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(SlotAnswer.TooManyStreams, await TakeAsync("2", "b")); // the proxy is silent: who knows
        _slots.Alive("1");
        _time.Advance(AgentSlots.LongestSilence);
        _slots.Alive("another");
        Assert.Equal(SlotAnswer.TooManyStreams, await TakeAsync("2", "b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        _slots.Alive("another");
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("2", "b"));
    }

    [Fact]
    public async Task LostEndOfAConnection_IsTakenBack_OnceTheProxyHasClosedIt()
    {
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("1", connection: "x"));
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("2", connection: "y"));
        _slots.Ended("1");
        _time.Advance(AgentSlots.LongestIdle + TimeSpan.FromSeconds(1));
        _slots.Alive("2");
        Assert.Equal(SlotAnswer.Taken, await TakeAsync("3", connection: "z"));
        Assert.Equal(SlotAnswer.TooManyConnections, await TakeAsync("4", connection: "x"));
    }

    private static SlotQuestion Question(string id, string agent, string? connection = null, bool isTunnel = false) => new(Limits.FindAgent(agent)!, id, connection, isTunnel);

    private ValueTask<SlotAnswer> Start(string id, string agent = "a", string? connection = null, bool isTunnel = false) =>
        _slots.TakeAsync(Question(id, agent, connection, isTunnel), CancellationToken.None);

    /// <summary>The answer when nothing ends meanwhile.</summary>
    private async Task<SlotAnswer> TakeAsync(string id, string agent = "a", string? connection = null, bool isTunnel = false)
    {
        ValueTask<SlotAnswer> answer = Start(id, agent, connection, isTunnel);
        if (!answer.IsCompleted)
        {
            _time.Advance(AgentSlots.Patience);
        }

        return await answer;
    }
}
