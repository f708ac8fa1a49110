// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Microsoft.AspNetCore.Http;

namespace Cagent.EndToEnd.Tests.Pushes;

/// <summary>Hosts on two upstreams that note what arrives, and the clients that speak to them.</summary>
internal sealed class PushDeployment : IAsyncDisposable
{
    public const string PlainHost = "plain.example.com";
    public const string Alias = "moving.devbox.local";

    /// <summary>Two clients by address, one by token.</summary>
    public const string First = "127.0.0.2";
    public const string Second = "127.0.0.3";
    public const string Token = "ci";

    private const string CiToken = "token-of-ci-1f09c3";

    public static ImmutableArray<string> Hosts { get; } = ["a.example.com", "b.example.com", "c.example.com"];

    public static ImmutableArray<string> Clients { get; } = [First, Second, Token];

    public static ImmutableArray<string> Paths { get; } = ["/a/1", "/b/1", "/ws"];

    public Deployment Deployment { get; } = new();

    public Upstream Web { get; private set; } = null!;

    public Upstream PlainWeb { get; private set; } = null!;

    public ConcurrentQueue<Arrival> Arrivals { get; } = [];

    public static string SecretOf(string letter) => $"secret-{letter}-of-the-pushes";

    public AgentProxy Proxy(string client) => client == Token ? Deployment.Agent(authorization: AgentProxy.Basic(Token, CiToken)) : Deployment.Agent(client);

    /// <summary>Adds the upstreams; a policy needs their ports.</summary>
    public async Task AddUpstreamsAsync()
    {
        Web = await Deployment.Internet.AddHttpsAsync(Hosts[0], certificateNames: [.. Hosts]);
        PlainWeb = await Deployment.Internet.AddHttpAsync(PlainHost);
        foreach (string host in Hosts)
        {
            Deployment.Internet.Dns.Set(host, IPAddress.Loopback);
        }

        foreach (string path in Paths)
        {
            Web.Handle(path, NoteAsync);
            PlainWeb.Handle(path, NoteAsync);
        }
    }

    public Task StartAsync(string policy) => Deployment.StartAsync(policy, new CagentOptions
    {
        Policy = policy,
        Environment = new Dictionary<string, string>
        {
            ["SECRET_A"] = SecretOf("A"), ["SECRET_B"] = SecretOf("B"), ["SECRET_C"] = SecretOf("C"), ["CI_TOKEN"] = CiToken,
        }.ToImmutableDictionary(),
    });

    public ValueTask DisposeAsync() => Deployment.DisposeAsync();

    private async Task NoteAsync(HttpContext context)
    {
        long now = TimeProvider.System.GetTimestamp();
        string? authorization = context.Request.Headers.Authorization is { Count: > 0 } values ? string.Join(',', values.ToArray()) : null;
        Arrivals.Enqueue(new Arrival(int.Parse(context.Request.Query["id"]!, CultureInfo.InvariantCulture), context.Request.Host.Host, authorization, now));
        if (context.WebSockets.IsWebSocketRequest)
        {
            using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[1], context.RequestAborted);
        }
    }
}
