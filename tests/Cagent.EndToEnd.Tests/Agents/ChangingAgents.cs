// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.EndToEnd.Tests.Changes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>Four agents, two by address and two by token, that all use the same entries; a test stops, removes or changes single ones.</summary>
internal sealed class ChangingAgents : IAsyncDisposable
{
    public const string Host = "all.example.com";
    public const string PlainHost = "plain.example.com";
    public const string PinnedHost = "pinned.example.com";

    private static readonly ImmutableSortedDictionary<string, string> Identities = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("blue", "source: 127.0.0.2"), KeyValuePair.Create("green", "source: 127.0.0.3"),
        KeyValuePair.Create("ci", "token: {from: env, name: CI_TOKEN}"), KeyValuePair.Create("night", "token: {from: env, name: NIGHT_TOKEN}"),
    ]);

    private ImmutableSortedDictionary<string, string> _agents = Identities.ToImmutableSortedDictionary(agent => agent.Key, agent => Agent(agent.Key), StringComparer.Ordinal);

    private readonly TemporaryFolder _state = new();

    private ChangingAgents()
    {
    }

    public static string[] Names { get; } = ["blue", "ci", "green", "night"];

    public Deployment Deployment { get; } = new();

    public Upstream Server { get; private set; } = null!;

    public Upstream PlainServer { get; private set; } = null!;

    public TlsEcho PinnedServer { get; private set; } = null!;

    private string Text => Deployment.Head + "domains:\n"
        + Deployment.Entry(Host, Server, "websocket: true")
        + Deployment.Entry(PlainHost, PlainServer, "scheme: http")
        + Deployment.Entry(PinnedHost, PinnedServer.Port, "tls: passthrough")
        + (_agents.IsEmpty ? "" : "agents:\n" + string.Concat(_agents.Values));

    public static async Task<ChangingAgents> StartAsync()
    {
        ChangingAgents scene = new();
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

    /// <summary>An agent of the policy, with more lines.</summary>
    public static string Agent(string name, string more = "enabled: true", string domains = "") =>
        $"  - name: {name}\n    {more}\n    identity: {{{Identities[name]}}}\n" + (domains.Length == 0 ? "" : $"    domains:\n    {domains}");

    /// <summary>The proxy as the agent of a name sees it.</summary>
    public AgentProxy Of(string name) => name switch
    {
        "blue" => Deployment.Agent("127.0.0.2"),
        "green" => Deployment.Agent("127.0.0.3"),
        "ci" => Deployment.Agent(authorization: AgentProxy.Basic("ci", "token-of-ci-0001")),
        "night" => Deployment.Agent(authorization: AgentProxy.Basic("night", "token-of-night-0002")),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>Writes the policy with some agents changed, or gone where the text is null; gives the moment before.</summary>
    public long Write(params (string Name, string? Agent)[] edits)
    {
        foreach ((string name, string? agent) in edits)
        {
            _agents = agent is null ? _agents.Remove(name) : _agents.SetItem(name, agent);
        }

        string text = Text;
        long start = TimeProvider.System.GetTimestamp();
        Deployment.Cagent.WritePolicy(text);
        return start;
    }

    /// <summary>Streams of one agent in tunnels: a WebSocket, events, and bytes that are passed through.</summary>
    public async Task<LiveStreamSet> OpenAsync(string name) => new(
        await LiveStreams.WebSocketAsync(Deployment, Host, Server.Port, Of(name)),
        await LiveStreams.EventsAsync(Deployment, Host, Server.Port, agent: Of(name)),
        await LiveStreams.TunnelAsync(Deployment, PinnedHost, PinnedServer.Port, Of(name)));

    /// <summary>A stream of one agent in plain HTTP.</summary>
    public Task<LiveStream> OpenPlainAsync(string name) => LiveStreams.EventsAsync(Deployment, PlainHost, PlainServer.Port, "http", Of(name));

    /// <summary>The streams of all agents but some.</summary>
    public async Task<ImmutableArray<LiveStreamSet>> OpenOthersAsync(params string[] but) =>
        [.. await Task.WhenAll(Names.Except(but).Select(OpenAsync))];

    /// <summary>Waits until a CONNECT of the agent gets the status; gives the answer.</summary>
    public async Task<Denial> ConnectUntilAsync(string name, int status, long since)
    {
        while (true)
        {
            await using RawTunnel tunnel = await new RawProxy(Of(name)).ConnectAsync($"{Host}:{Server.Port}");
            if (tunnel.Response.Status == status)
            {
                return Denial.Of(tunnel.Response);
            }

            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(30), $"{name} does not get {status}");
        }
    }

    /// <summary>Ends Cagent, as a crash does or in order, and starts it again on what it has kept.</summary>
    public async Task RestartAsync(bool isCrash, Action? between = null)
    {
        await (isCrash ? Deployment.Cagent.KillAsync() : Deployment.Cagent.StopAsync());
        between?.Invoke();
        await StartCagentAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Deployment.DisposeAsync();
        _state.Dispose();
    }

    private async Task SetUpAsync()
    {
        Server = await Deployment.Internet.AddHttpsAsync(Host);
        PlainServer = await Deployment.Internet.AddHttpAsync(PlainHost);
        PinnedServer = Deployment.Internet.AddTlsEcho(PinnedHost, TimeSpan.FromMilliseconds(50));
        await StartCagentAsync();
    }

    private Task StartCagentAsync()
    {
        string text = Text;
        return Deployment.StartAsync(text, new CagentOptions
        {
            Policy = text,
            StateFolder = _state.Path,
            Environment = new Dictionary<string, string> { ["CI_TOKEN"] = "token-of-ci-0001", ["NIGHT_TOKEN"] = "token-of-night-0002" }.ToImmutableDictionary(),
        });
    }
}
