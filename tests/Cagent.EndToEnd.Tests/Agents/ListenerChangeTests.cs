// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Guarantee: an agent of a listener comes and goes by an edit of the policy, and nobody else's connections notice; a listener that cannot be
/// opened changes nothing, and the status says why.
/// </summary>
public sealed class ListenerChangeTests
{
    private const string Host = "all.example.com";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [EnvoyFact]
    public async Task Edit_AgentOfAListenerComesAndGoes_OthersGoOn()
    {
        using TemporaryFolder folder = new();
        await using Deployment deployment = new();
        Upstream server = await deployment.Internet.AddHttpsAsync(Host);
        IPEndPoint first = new(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback)), second = new(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));
        string one = "  - {name: one, identity: {listener: one}}\n  - {name: blue, identity: {source: 127.0.0.2}}\n";
        string head = deployment.Head + "domains:\n" + Deployment.Entry(Host, server) + "agents:\n" + one;
        await deployment.StartAsync(head, new CagentOptions
        {
            Policy = head, Arguments = ["--agent-listener", $"one={first}", "--agent-listener", $"two={second}", "--agent-sockets", folder.Path],
        });
        Uri target = new($"https://{Host}:{server.Port}/status/200");
        RequestFlow ofOne = new(deployment.Http(new AgentProxy(first), http2: true), target);
        RequestFlow ofBlue = new(deployment.Http(deployment.Agent("127.0.0.2"), http2: true), target);
        AgentProxy two = new(second), three = new(second) { SocketPath = folder.Combine("three.sock") };
        Assert.False(await IsTakenAsync(two));

        deployment.Cagent.WritePolicy(head + "  - {name: two, identity: {listener: two}}\n  - {name: three, identity: {listener: three}}\n");
        await Eventually.TrueAsync(async () => await IsTakenAsync(two) && await IsTakenAsync(three), Limit, "the new agents are let in");

        await using RawTunnel held = await new RawProxy(two).ConnectAsync($"{Host}:{server.Port}");
        await using RawConnection inside = await held.Connection.StartTlsAsync(new TlsClientOptions { ServerName = Host, Trust = deployment.Trust });
        deployment.Cagent.WritePolicy(head + "  - {name: two, quarantined: true, identity: {listener: two}}\n  - {name: three, identity: {listener: three}}\n");
        Assert.Empty(await inside.ReadToCloseAsync());
        await Eventually.TrueAsync(async () => !await IsTakenAsync(two), Limit, "who is in quarantine is refused");

        deployment.Cagent.WritePolicy(head);
        await Eventually.TrueAsync(async () => !await IsTakenAsync(two) && !await IsTakenAsync(three), Limit, "who is gone is not let in");
        deployment.Cagent.WritePolicy(head + "  - {name: three, identity: {listener: three}}\n");
        await Eventually.TrueAsync(() => IsTakenAsync(three), Limit, "who is back is let in");

        await Task.WhenAll(ofOne.WaitAsync(5, Limit), ofBlue.WaitAsync(5, Limit));
        Assert.Empty(await ofOne.EndAsync());
        Assert.Empty(await ofBlue.EndAsync());

        async Task<bool> IsTakenAsync(AgentProxy agent)
        {
            try
            {
                await using RawTunnel tunnel = await new RawProxy(agent).ConnectAsync($"{Host}:{server.Port}");
                return tunnel.Response.Status == 200;
            }
            catch (Exception refused) when (refused is IOException or SocketException)
            {
                return false;
            }
        }
    }

    [EnvoyFact]
    public async Task Edit_ListenerThatIsNotOpenOrNotFree_ChangesNothingAndTheStatusSaysWhy()
    {
        await using Deployment deployment = new();
        Upstream server = await deployment.Internet.AddHttpsAsync(Host);
        IPEndPoint taken = new(IPAddress.Loopback, FreePort.Find(IPAddress.Loopback));
        string head = deployment.Head + "domains:\n" + Deployment.Entry(Host, server) + "agents:\n  - {name: blue, identity: {source: 127.0.0.2}}\n";
        await deployment.StartAsync(head, new CagentOptions { Policy = head, Arguments = ["--agent-listener", $"one={taken}"] });
        Uri target = new($"https://{Host}:{server.Port}/status/200");
        using ProxyHttp blue = deployment.Http(deployment.Agent("127.0.0.2"));

        deployment.Cagent.WritePolicy(head + "  - {name: other, identity: {listener: other}}\n");
        await StatusSaysAsync("this deployment opens no listener \\\"other\\\"; it opens one");
        deployment.Cagent.WritePolicy(head + "  - {name: ci, identity: {spiffe: \"spiffe://example.org/ci\"}}\n");
        await StatusSaysAsync("--trust-bundle example.org=FILE");
        Assert.Equal(200, (int)(await blue.Client.GetAsync(target)).StatusCode);

        using (Socket other = HostSockets.Instance.BindTcp(taken))
        {
            other.Listen();
            deployment.Cagent.WritePolicy(head + "  - {name: one, identity: {listener: one}}\n");
            await StatusSaysAsync("Address already in use");
            Assert.Equal(200, (int)(await blue.Client.GetAsync(target)).StatusCode);
        }

        Task StatusSaysAsync(string text) => Eventually.TrueAsync(async () =>
            JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(deployment.Cagent.StateFolder, "status.json"))).RootElement.GetRawText().Contains(text, StringComparison.Ordinal), Limit, $"the status says \"{text}\"");
    }
}
