// SPDX-License-Identifier: Apache-2.0
using Cagent.EndToEnd.Tests.Faults;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Xunit.Abstractions;
using static Cagent.EndToEnd.Tests.Changes.ChangingScene;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>
/// A domain that policy takes away, or makes narrower, stops: new requests at once, its open tunnels within 2 s, and nothing
/// else does. Giving it back works at once, and widening ends nothing.
/// </summary>
public sealed class RemovedDomainTests(ITestOutputHelper output)
{
    private static readonly TimeSpan TunnelsEnd = TimeSpan.FromSeconds(2);

    [EnvoyFact]
    public async Task Attack_G8_RevokedDuringOpenStreams()
    {
        await using ChangingScene scene = await ChangingScene.StartAsync();
        await using LiveStreamSet gone = await scene.OpenGoneAsync();
        await using LiveStreamSet stays = await scene.OpenStaysAsync();
        using ProxyHttp kept = scene.Deployment.Http();
        string address = $"https://{Gone}:{scene.GoneServer.Port}/";
        Assert.Equal(200, await Probe.StatusAsync(kept, address));

        long removed = scene.Policy.Write((Gone, null), (GonePinned, null));
        TimeSpan[] denied = await Task.WhenAll(
            Probe.GetAsync(kept, address, 403, removed),
            Probe.ConnectAsync(scene.Deployment, Gone, scene.GoneServer.Port, 403, removed),
            Probe.ConnectAsync(scene.Deployment, GonePinned, scene.GonePinnedServer.Port, 403, removed));
        output.WriteLine($"denied after {string.Join(", ", denied.Select(time => $"{time.TotalMilliseconds:0} ms"))}");

        await gone.EndAsync(removed, TunnelsEnd, output);
        await stays.LiveOnAsync();

        long added = scene.Policy.Write((Gone, scene.GoneEntry), (GonePinned, scene.GonePinnedEntry));
        output.WriteLine($"allowed again after {(await Probe.GetAsync(kept, address, 200, added)).TotalMilliseconds:0} ms");
        await Probe.ConnectAsync(scene.Deployment, GonePinned, scene.GonePinnedServer.Port, 200, added);
        await using LiveStreamSet again = await scene.OpenGoneAsync();
        // Longer than it takes until the gates can be cut again: a cut that still looked for old tunnels would find these.
        await again.LiveOnAsync(beats: 60);
        await stays.LiveOnAsync();
    }

    [EnvoyFact]
    public async Task RemoveAddRemove_InQuickSuccession_EndsWhatWasOpenedBetween()
    {
        await using ChangingScene scene = await ChangingScene.StartAsync();
        await using LiveStreamSet first = await scene.OpenGoneAsync();
        await using LiveStreamSet stays = await scene.OpenStaysAsync();

        long removed = scene.Policy.Write((Gone, null), (GonePinned, null));
        await first.EndAsync(removed, TunnelsEnd, output);
        long added = scene.Policy.Write((Gone, scene.GoneEntry), (GonePinned, scene.GonePinnedEntry));
        await Probe.ConnectAsync(scene.Deployment, Gone, scene.GoneServer.Port, 200, added);
        await Probe.ConnectAsync(scene.Deployment, GonePinned, scene.GonePinnedServer.Port, 200, added);
        await using LiveStreamSet second = await scene.OpenGoneAsync();
        long again = scene.Policy.Write((Gone, null), (GonePinned, null));

        await second.EndAsync(again, TunnelsEnd, output);
        await stays.LiveOnAsync();
        await Probe.ConnectAsync(scene.Deployment, Gone, scene.GoneServer.Port, 403, again);
    }

    [EnvoyFact]
    public async Task RemoveAndAddBack_BeforeTheCutIsOver_LeavesTheNewTunnelsAlone()
    {
        await using ChangingScene scene = await ChangingScene.StartAsync();
        await using LiveStreamSet first = await scene.OpenGoneAsync();

        long removed = scene.Policy.Write((Gone, null), (GonePinned, null));
        await Probe.ConnectAsync(scene.Deployment, Gone, scene.GoneServer.Port, 403, removed);
        long added = scene.Policy.Write((Gone, scene.GoneEntry), (GonePinned, scene.GonePinnedEntry));
        await first.EndAsync(removed, TunnelsEnd, output);
        await Probe.ConnectAsync(scene.Deployment, Gone, scene.GoneServer.Port, 200, added);
        await Probe.ConnectAsync(scene.Deployment, GonePinned, scene.GonePinnedServer.Port, 200, added);
        await using LiveStreamSet second = await scene.OpenGoneAsync();

        await second.LiveOnAsync(beats: 60);
    }

    [EnvoyFact]
    public async Task Change_ToNarrower_EndsTheTunnelsOfThatEntry()
    {
        await using ChangingScene scene = await ChangingScene.StartAsync();
        await using LiveStreamSet stays = await scene.OpenStaysAsync();
        string[] narrower =
        [
            "websocket: true, allow: [\"GET /ws\"]",
            "websocket: true, deny: [\"GET /other\"]",
            "websocket: true, read_only: true",
            "tls: {mode: passthrough}",
            "timeout: 5s", // and no WebSocket any more
        ];
        foreach (string more in narrower)
        {
            await using LiveStream socket = await LiveStreams.WebSocketAsync(scene.Deployment, Gone, scene.GoneServer.Port);
            await using LiveStream events = await LiveStreams.EventsAsync(scene.Deployment, Gone, scene.GoneServer.Port);

            long changed = scene.Policy.Write((Gone, Deployment.Entry(Gone, scene.GoneServer, more)));

            TimeSpan[] ends = await Task.WhenAll(socket.WaitForEndAsync(changed), events.WaitForEndAsync(changed));
            output.WriteLine($"{more}: ended after {string.Join(", ", ends.Select(time => $"{time.TotalMilliseconds:0} ms"))}");
            Assert.All(ends, time => Assert.True(time < TunnelsEnd, $"{more}: ended only after {time}"));

            // Wider again; from passthrough to inspection is a change of kind, which ends this probe's tunnel too.
            long widened = scene.Policy.Write((Gone, scene.GoneEntry));
            await Probe.WebSocketAsync(scene.Deployment, Gone, scene.GoneServer.Port, widened);
        }

        await stays.LiveOnAsync();
    }

    /// <summary>Its Envoy went on meanwhile, with the routes of before.</summary>
    [EnvoyFact]
    public async Task Remove_WhileCagentIsDown_EndsTheTunnelsOnceItIsBack()
    {
        await using SteadySite site = await SteadySite.StartAsync();
        await site.WaitForStatusAsync(status => status.State == "effective", "the policy of before");
        await using LiveStream socket = await LiveStreams.WebSocketAsync(site.Deployment, SteadySite.Host, site.Api.Port);
        await using RawConnection pinned = await site.OpenPinnedAsync();
        await site.Cagent.KillAsync();
        await socket.WaitForBeatsAsync(5);

        string policy = string.Concat(site.Policy.Split('\n').Where(line => !line.Contains(SteadySite.PinnedHost, StringComparison.Ordinal)).Select(line => line + "\n"));
        await site.StartCagentAsync(policy.Replace("websocket: true", "websocket: false", StringComparison.Ordinal));

        Assert.Empty(await pinned.ReadToCloseAsync());
        await socket.WaitForEndAsync(0);
    }

    [EnvoyFact]
    public async Task Change_ToWider_EndsNothing()
    {
        await using ChangingScene scene = await ChangingScene.StartAsync();
        string narrow = Deployment.Entry(Gone, scene.GoneServer, "websocket: true, allow: [\"GET /ws\", \"GET /sse\"]");
        await using LiveStream before = await LiveStreams.EventsAsync(scene.Deployment, Gone, scene.GoneServer.Port);
        long start = scene.Policy.Write((Gone, narrow));
        await before.WaitForEndAsync(start);
        using ProxyHttp http = scene.Deployment.Http();
        await Probe.GetAsync(http, $"https://{Gone}:{scene.GoneServer.Port}/other", 403, start);
        await using LiveStream socket = await LiveStreams.WebSocketAsync(scene.Deployment, Gone, scene.GoneServer.Port);
        await using LiveStream events = await LiveStreams.EventsAsync(scene.Deployment, Gone, scene.GoneServer.Port);

        long more = scene.Policy.Write((Gone, Deployment.Entry(Gone, scene.GoneServer, "websocket: true, allow: [\"GET /ws\", \"GET /sse\", \"GET /other\"]")));
        await Probe.GetAsync(http, $"https://{Gone}:{scene.GoneServer.Port}/other", 200, more);
        long all = scene.Policy.Write((Gone, scene.GoneEntry));
        await Probe.GetAsync(http, $"https://{Gone}:{scene.GoneServer.Port}/everything", 200, all);

        await Task.WhenAll(socket.WaitForBeatsAsync(40), events.WaitForBeatsAsync(40));
    }

    [EnvoyFact]
    public async Task RemoveOfOneDomain_WhileAnotherIsBeingCut_WaitsForNothing()
    {
        await using ChangingScene scene = await ChangingScene.StartAsync();
        await using LiveStreamSet first = await scene.OpenGoneAsync();
        await using LiveStreamSet second = await scene.OpenStaysAsync();

        long one = scene.Policy.Write((Gone, null), (GonePinned, null));
        await Probe.ConnectAsync(scene.Deployment, Gone, scene.GoneServer.Port, 403, one);
        long two = scene.Policy.Write((Stays, null), (StaysPinned, null), ("other.example.com", Deployment.Entry("other.example.com", 443)));

        await first.EndAsync(one, TunnelsEnd, output);
        await second.EndAsync(two, TunnelsEnd, output);
    }
}
