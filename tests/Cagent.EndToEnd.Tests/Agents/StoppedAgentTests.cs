// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.EndToEnd.Tests.Changes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Xunit.Abstractions;
using static Cagent.EndToEnd.Tests.Agents.ChangingAgents;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Guarantee: an agent that is quarantined or removed stops: its new requests at once, its tunnels within 2 s, its plain streams with its
/// filter chain. Nobody else's stream ends, though all use the same entries.
/// </summary>
public sealed class StoppedAgentTests(ITestOutputHelper output)
{
    private static readonly TimeSpan TunnelsEnd = TimeSpan.FromSeconds(2);

    // Envoy drains a filter chain for 3 s (its command line), and the machine may be busy.
    private static readonly TimeSpan ChainEnds = TimeSpan.FromSeconds(6);

    [EnvoyFact]
    public async Task Quarantine_OfTwoAgents_EndsTheirStreamsAndNoOthers()
    {
        await using ChangingAgents scene = await StartAsync();
        await using LiveStreamSet blue = await scene.OpenAsync("blue");
        await using LiveStreamSet ci = await scene.OpenAsync("ci");
        await using LiveStream bluePlain = await scene.OpenPlainAsync("blue");
        await using LiveStream greenPlain = await scene.OpenPlainAsync("green");
        await using LiveStream nightPlain = await scene.OpenPlainAsync("night");
        await using Streams others = new(await scene.OpenOthersAsync("blue", "ci"));

        long stopped = scene.Write(("blue", Agent("blue", "quarantined: true")), ("ci", Agent("ci", "quarantined: true")));
        (await scene.ConnectUntilAsync("blue", 403, stopped)).ShouldBe(403, "agent_quarantined");
        (await scene.ConnectUntilAsync("ci", 403, stopped)).ShouldBe(403, "agent_quarantined");
        await Task.WhenAll(blue.EndAsync(stopped, TunnelsEnd, output), ci.EndAsync(stopped, TunnelsEnd, output));
        TimeSpan plain = await bluePlain.WaitForEndAsync(stopped);
        output.WriteLine($"the plain stream ended after {plain.TotalMilliseconds:0} ms");
        Assert.True(plain < ChainEnds, $"the plain stream ended only after {plain}");
        await others.LiveOnAsync();

        long released = scene.Write(("blue", Agent("blue")), ("ci", Agent("ci")));
        await Task.WhenAll(scene.ConnectUntilAsync("blue", 200, released), scene.ConnectUntilAsync("ci", 200, released));
        await using LiveStreamSet again = await scene.OpenAsync("blue");
        await using LiveStreamSet ciAgain = await scene.OpenAsync("ci");
        // Longer than the late cut of the first stop waits, and than a chain drains.
        await again.LiveOnAsync(beats: 200);
        await ciAgain.LiveOnAsync();
        await others.LiveOnAsync();
        await Task.WhenAll(greenPlain.WaitForBeatsAsync(20), nightPlain.WaitForBeatsAsync(20));
    }

    [EnvoyFact]
    public async Task RemoveAndAddBack_OfTwoAgents_EndsTheirStreamsAndNoOthers()
    {
        await using ChangingAgents scene = await StartAsync();
        await using LiveStreamSet green = await scene.OpenAsync("green");
        await using LiveStreamSet night = await scene.OpenAsync("night");
        await using LiveStream plain = await scene.OpenPlainAsync("green");
        await using Streams others = new(await scene.OpenOthersAsync("green", "night"));

        long removed = scene.Write(("green", null), ("night", Agent("night", "enabled: false")));
        (await scene.ConnectUntilAsync("green", 407, removed)).ShouldBe(407, "agent_unknown");
        (await scene.ConnectUntilAsync("night", 407, removed)).ShouldBe(407, "agent_unknown");
        await Task.WhenAll(green.EndAsync(removed, TunnelsEnd, output), night.EndAsync(removed, TunnelsEnd, output));
        Assert.True(await plain.WaitForEndAsync(removed) < ChainEnds, "the plain stream lives too long");
        await others.LiveOnAsync();

        long added = scene.Write(("green", Agent("green")), ("night", Agent("night")));
        await Task.WhenAll(scene.ConnectUntilAsync("green", 200, added), scene.ConnectUntilAsync("night", 200, added));
        await using LiveStreamSet again = await scene.OpenAsync("green");
        await using LiveStreamSet nightAgain = await scene.OpenAsync("night");
        await again.LiveOnAsync(beats: 60);
        await nightAgain.LiveOnAsync();
        await others.LiveOnAsync();
    }

    /// <summary>The tunnel was opened before and kept silent: it is not yet where its agent's tunnels are cut.</summary>
    [EnvoyFact]
    public async Task Quarantine_WithASilentTunnel_EndsItTooOnceItSpeaks()
    {
        await using ChangingAgents scene = await StartAsync();
        await using RawTunnel silent = await new RawProxy(scene.Of("ci")).ConnectAsync($"{PinnedHost}:{scene.PinnedServer.Port}");
        await using LiveStreamSet loud = await scene.OpenAsync("ci");
        Assert.True(silent.IsOpen);

        long stopped = scene.Write(("ci", Agent("ci", "quarantined: true")));
        await loud.EndAsync(stopped, TunnelsEnd, output);

        try
        {
            await using RawConnection spoken = await silent.Connection.StartTlsAsync(new TlsClientOptions { ServerName = PinnedHost, Trust = scene.Deployment.Trust });
            spoken.Timeout = TimeSpan.FromSeconds(20);
            await spoken.ReadToCloseAsync();
            output.WriteLine($"ended after {TimeProvider.System.GetElapsedTime(stopped).TotalMilliseconds:0} ms");
        }
        catch (IOException e)
        {
            output.WriteLine($"never spoke: {e.Message}"); // ended by the first cut already
        }
    }

    /// <summary>The other agents' tunnels to the entry that is hidden pass the same gate.</summary>
    [EnvoyFact]
    public async Task OwnEntry_ThatHidesAWiderShared_EndsTheStreamsOfItsAgentOnly()
    {
        await using ChangingAgents scene = await StartAsync();
        await using LiveStreamSet ci = await scene.OpenAsync("ci");
        await using Streams others = new(await scene.OpenOthersAsync("ci"));

        long hidden = scene.Write(("ci", Agent("ci", domains: Deployment.Entry(Host, scene.Server, "allow: [\"GET /upload\"]"))));

        await ci.All[0].WaitForEndAsync(hidden);
        await ci.All[1].WaitForEndAsync(hidden);
        await others.LiveOnAsync();
        using ProxyHttp http = scene.Deployment.Http(scene.Of("ci"));
        using HttpResponseMessage denied = await http.Client.GetAsync($"https://{Host}:{scene.Server.Port}/other");
        (await Denial.OfAsync(denied)).ShouldBe(403, "path_not_allowed");
    }

    /// <summary>Nobody is who he was: what is open ends, and in between nobody passes for somebody else.</summary>
    [EnvoyFact]
    public async Task LastAgentsAndFirstAgents_EndWhatRunsAndTakeTheOthers()
    {
        await using ChangingAgents scene = await StartAsync();
        await using LiveStreamSet blue = await scene.OpenAsync("blue");
        await using LiveStreamSet ci = await scene.OpenAsync("ci");

        long none = scene.Write([.. Names.Select(name => (name, (string?)null))]);
        await Task.WhenAll(blue.EndAsync(none, ChainEnds, output), ci.EndAsync(none, ChainEnds, output));
        await scene.ConnectUntilAsync("blue", 200, none);
        await using LiveStreamSet anonymous = new(
            await LiveStreams.EventsAsync(scene.Deployment, Host, scene.Server.Port), await LiveStreams.TunnelAsync(scene.Deployment, PinnedHost, scene.PinnedServer.Port),
            await LiveStreams.EventsAsync(scene.Deployment, PlainHost, scene.PlainServer.Port, "http"));

        long first = scene.Write(("ci", Agent("ci")), ("blue", Agent("blue")));
        await anonymous.EndAsync(first, ChainEnds, output);
        await using RawTunnel refused = await scene.Deployment.Raw.ConnectAsync($"{Host}:{scene.Server.Port}");
        Denial.Of(refused.Response).ShouldBe(407, "agent_unknown");
        await using LiveStreamSet again = await scene.OpenAsync("ci");
        await using LiveStreamSet blueAgain = await scene.OpenAsync("blue");
        await Task.WhenAll(again.LiveOnAsync(), blueAgain.LiveOnAsync());
    }

    [EnvoyFact]
    public async Task NewAgentsAndEntries_EndNothing()
    {
        await using ChangingAgents scene = await StartAsync();
        long start = scene.Write(("night", null), ("blue", null));
        await scene.ConnectUntilAsync("night", 407, start);
        await using Streams others = new(await scene.OpenOthersAsync("blue", "night"));

        long added = scene.Write(
            ("night", Agent("night", domains: Deployment.Entry("night.example.com", scene.Server))), ("blue", Agent("blue")),
            ("green", Agent("green", domains: Deployment.Entry("green.example.com", scene.Server))));
        await Task.WhenAll(scene.ConnectUntilAsync("night", 200, added), scene.ConnectUntilAsync("blue", 200, added));

        await others.LiveOnAsync(beats: 100);
    }

    private sealed class Streams(ImmutableArray<LiveStreamSet> all) : IAsyncDisposable
    {
        public Task LiveOnAsync(int beats = 20) => Task.WhenAll(all.Select(set => set.LiveOnAsync(beats)));

        public async ValueTask DisposeAsync()
        {
            foreach (LiveStreamSet set in all)
            {
                await set.DisposeAsync();
            }
        }
    }
}
