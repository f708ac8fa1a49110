// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Http;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>A deployment with two inspected domains and two that are passed through; one of each is for a test to take away.</summary>
internal sealed class ChangingScene : IAsyncDisposable
{
    public const string Gone = "gone.example.com";
    public const string Stays = "stays.example.com";
    public const string GonePinned = "gone-pinned.example.com";
    public const string StaysPinned = "stays-pinned.example.com";

    private ChangingScene()
    {
    }

    public Deployment Deployment { get; } = new();

    public Upstream GoneServer { get; private set; } = null!;

    public Upstream StaysServer { get; private set; } = null!;

    public TlsEcho GonePinnedServer { get; private set; } = null!;

    public TlsEcho StaysPinnedServer { get; private set; } = null!;

    public ChangingPolicy Policy { get; private set; } = null!;

    public string GoneEntry => Deployment.Entry(Gone, GoneServer, "websocket: true");

    public string GonePinnedEntry => Deployment.Entry(GonePinned, GonePinnedServer.Port, "tls: {mode: passthrough}");

    public static async Task<ChangingScene> StartAsync()
    {
        ChangingScene scene = new();
        try
        {
            await scene.SetUpAsync();
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>One stream of each kind to the domains that may be taken away.</summary>
    public Task<LiveStreamSet> OpenGoneAsync() => OpenAsync(Gone, GoneServer.Port, GonePinned, GonePinnedServer.Port);

    /// <summary>One stream of each kind to the domains that stay.</summary>
    public Task<LiveStreamSet> OpenStaysAsync() => OpenAsync(Stays, StaysServer.Port, StaysPinned, StaysPinnedServer.Port);

    public ValueTask DisposeAsync() => Deployment.DisposeAsync();

    private async Task SetUpAsync()
    {
        TimeSpan tick = TimeSpan.FromMilliseconds(50);
        GoneServer = await Deployment.Internet.AddHttpsAsync(Gone);
        StaysServer = await Deployment.Internet.AddHttpsAsync(Stays);
        GonePinnedServer = Deployment.Internet.AddTlsEcho(GonePinned, tick);
        StaysPinnedServer = Deployment.Internet.AddTlsEcho(StaysPinned, tick);
        Policy = new ChangingPolicy(Deployment, ImmutableSortedDictionary.CreateRange(
        [
            KeyValuePair.Create(Gone, GoneEntry),
            KeyValuePair.Create(Stays, Deployment.Entry(Stays, StaysServer, "websocket: true")),
            KeyValuePair.Create(GonePinned, GonePinnedEntry),
            KeyValuePair.Create(StaysPinned, Deployment.Entry(StaysPinned, StaysPinnedServer.Port, "tls: {mode: passthrough}")),
        ]));
        await Deployment.StartAsync(Policy.Text);
    }

    private async Task<LiveStreamSet> OpenAsync(string host, int port, string pinned, int pinnedPort) => new(
        await LiveStreams.WebSocketAsync(Deployment, host, port),
        await LiveStreams.EventsAsync(Deployment, host, port),
        await LiveStreams.DownloadAsync(Deployment, host, port, 1_000_000_000),
        await LiveStreams.TunnelAsync(Deployment, pinned, pinnedPort));
}
