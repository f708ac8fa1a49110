// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Cagent.TestKit.Http2;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>
/// Row E6 of the attacks, by frames of HTTP/2 that no honest client sends, inside an inspected tunnel: each is bounded, by the end of the connection or
/// by refused streams, while another agent's requests succeed and Envoy's memory stays what it was.
/// </summary>
public sealed class ResourceAttackTests(ResourceDeployment scene) : IClassFixture<ResourceDeployment>
{
    private const byte Whole = Http2Flag.EndStream | Http2Flag.EndHeaders;
    private const int MaxStreams = 100; // what the proxy announces
    private const int Streams = 20_000;

    [EnvoyFact]
    public async Task Attack_E6_RapidReset_EndsTheConnection()
    {
        long resets = await scene.CountAsync("http.web.downstream_rq_too_many_premature_resets");
        long before = scene.Web.RequestCount;
        await using RogueHttp2 rogue = await RogueHttp2.OpenAsync(scene);
        byte[] head = RogueHttp2.Head(scene);
        byte[] cancel = [0, 0, 0, 8];
        Task<bool> attack = rogue.SendAsync(Enumerable.Range(0, 20_000).SelectMany(i => (Http2Frame[])
        [
            new(Http2FrameType.Headers, Whole, (2 * i) + 1, head),
            new(Http2FrameType.RstStream, 0, (2 * i) + 1, cancel),
        ]));

        await scene.ShouldServeTheOtherAgentAsync();
        await attack;
        await rogue.WaitForEndAsync();

        // Some were under way when the proxy had seen enough.
        Assert.InRange(scene.Web.RequestCount - before, 0, 2000);
        Assert.Equal(resets + 1, await scene.CountAsync("http.web.downstream_rq_too_many_premature_resets"));
        await scene.ShouldBeUnharmedAsync();
    }

    [EnvoyFact]
    public async Task Attack_E6_MoreStreamsThanAllowed_AreRefused()
    {
        long before = scene.Web.RequestCount;
        await using RogueHttp2 rogue = await RogueHttp2.OpenAsync(scene);
        byte[] head = RogueHttp2.Head(scene, "POST", "/upload");

        // Each stays open: its body never ends.
        await rogue.SendAsync(Open(0, 3 * MaxStreams));
        await Eventually(() => rogue.RefusedStreams >= 2 * MaxStreams, () => Describe(rogue, before));
        Assert.Equal((false, 2 * MaxStreams), (rogue.HasEnded, rogue.RefusedStreams));
        Assert.InRange(await scene.CountAsync("http.web.downstream_rq_active"), 1, MaxStreams);

        Task<bool> attack = rogue.SendAsync(Open(3 * MaxStreams, Streams));
        await scene.ShouldServeTheOtherAgentAsync();
        await attack;
        await Eventually(() => rogue.HasEnded || rogue.RefusedStreams >= Streams, () => Describe(rogue, before));
        await scene.ShouldBeUnharmedAsync();

        IEnumerable<Http2Frame> Open(int from, int count) =>
            Enumerable.Range(from, count).Select(i => new Http2Frame(Http2FrameType.Headers, Http2Flag.EndHeaders, (2 * i) + 1, head));
    }

    [EnvoyTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Attack_E6_ContinuationFlood_EndsTheConnection(int size)
    {
        long before = scene.Web.RequestCount;
        await using RogueHttp2 rogue = await RogueHttp2.OpenAsync(scene);
        // Whole fields, or nothing: a header block that never ends.
        byte[] piece = size switch { 0 => [], 1 => [0x90] /* accept-encoding, from the static table */, _ => RogueHttp2.Field("x-more", new string('a', size)) };
        IEnumerable<Http2Frame> frames =
        [
            new(Http2FrameType.Headers, Http2Flag.EndStream, 1, RogueHttp2.Head(scene)),
            .. Enumerable.Repeat(new Http2Frame(Http2FrameType.Continuation, 0, 1, piece), 50_000),
        ];
        Task<bool> attack = rogue.SendAsync(frames);

        await scene.ShouldServeTheOtherAgentAsync();
        await attack;
        await rogue.WaitForEndAsync();
        Assert.Equal(before + 3, scene.Web.RequestCount); // the other agent's
        await scene.ShouldBeUnharmedAsync();
    }

    /// <summary>One field of 3,000 bytes that is repeated 12,000 times with one byte each: 36 MB from 15 kB.</summary>
    [EnvoyTheory]
    [InlineData("x-bomb")]
    [InlineData("cookie")]
    [InlineData("host")]
    public async Task Attack_E6_HeaderBomb_IsNotForwarded(string name)
    {
        long before = scene.Web.RequestCount;
        await using RogueHttp2 rogue = await RogueHttp2.OpenAsync(scene);
        byte[] bomb = [.. RogueHttp2.Head(scene), .. RogueHttp2.IndexedField(name, new string('a', 3000)), .. Enumerable.Repeat((byte)0xbe, 12_000)];
        Task<bool> attack = rogue.SendAsync(Enumerable.Range(0, 20).Select(i => new Http2Frame(Http2FrameType.Headers, Whole, (2 * i) + 1, bomb)));

        await scene.ShouldServeTheOtherAgentAsync(requests: 1);
        await attack;
        await Eventually(() => rogue.HasEnded || rogue.RefusedStreams + rogue.Responses >= 20, () => Describe(rogue, before));

        Assert.Equal(before + 1, scene.Web.RequestCount);
        await scene.ShouldBeUnharmedAsync();
    }

    [EnvoyTheory]
    [InlineData("empty data", "inbound_empty_frames_flood")]
    [InlineData("priority", "inbound_priority_frames_flood")]
    [InlineData("window update", "inbound_window_update_frames_flood")]
    public async Task Attack_E6_FramesThatSayNothing_EndTheConnection(string kind, string reason)
    {
        long floods = await scene.CountAsync("http2." + reason);
        await using RogueHttp2 rogue = await RogueHttp2.OpenAsync(scene);
        Http2Frame nothing = kind switch
        {
            "empty data" => new Http2Frame(Http2FrameType.Data, 0, 1, ReadOnlyMemory<byte>.Empty),
            "priority" => new Http2Frame(Http2FrameType.Priority, 0, 1, new byte[] { 0, 0, 0, 3, 16 }),
            _ => new Http2Frame(Http2FrameType.WindowUpdate, 0, 1, new byte[] { 0, 0, 0, 1 }),
        };
        Task<bool> attack = rogue.SendAsync(
            [new(Http2FrameType.Headers, Http2Flag.EndHeaders, 1, RogueHttp2.Head(scene, "POST", "/upload")), .. Enumerable.Repeat(nothing, 100_000)]);

        await scene.ShouldServeTheOtherAgentAsync();
        await attack;
        await rogue.WaitForEndAsync();

        Assert.Equal(floods + 1, await scene.CountAsync("http2." + reason));
        await scene.ShouldBeUnharmedAsync();
    }

    /// <summary>Each asks for an answer, and none is read: what waits is bounded.</summary>
    [EnvoyTheory]
    [InlineData("ping")]
    [InlineData("settings")]
    public async Task Attack_E6_AnswersThatAreNotRead_AreBounded(string kind)
    {
        long floods = await scene.CountAsync("http2.outbound_control_flood");
        await using RogueHttp2 rogue = await RogueHttp2.OpenAsync(scene, reads: false);
        byte[] window = new byte[6];
        BinaryPrimitives.WriteInt16BigEndian(window, 4);
        BinaryPrimitives.WriteInt32BigEndian(window.AsSpan(2), 65_535);
        Http2Frame question = kind == "ping"
            ? new Http2Frame(Http2FrameType.Ping, 0, 0, new byte[8])
            : new Http2Frame(Http2FrameType.Settings, 0, 0, window);
        Task<bool> attack = rogue.SendAsync(Enumerable.Repeat(question, 1_000_000));

        await scene.ShouldServeTheOtherAgentAsync();
        Assert.False(await attack, "the proxy took everything");
        Assert.Equal(floods + 1, await scene.CountAsync("http2.outbound_control_flood"));

        await scene.ShouldBeUnharmedAsync();
    }

    private static async Task Eventually(Func<bool> condition, Func<string> describe)
    {
        try
        {
            await TestKit.Waiting.Eventually.TrueAsync(condition, "the proxy's answer");
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(describe(), exception);
        }
    }

    private string Describe(RogueHttp2 rogue, long before) =>
        $"ended {rogue.HasEnded}, {rogue.Responses} responses, {rogue.RefusedStreams} streams reset, {scene.Web.RequestCount - before} requests upstream";
}
