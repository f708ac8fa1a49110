// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>Two agents in front of one API, told apart by their addresses: one attacks, the other works.</summary>
public sealed class ResourceDeployment : SharedDeployment
{
    public const string Host = "api.example.com";

    /// <summary>Memory of the whole Envoy beyond what it had; a bomb that goes off takes ten times as much.</summary>
    private const long MemoryBound = 200L << 20;

    private const string Memory = "server.memory_allocated";
    private const string AttackerAddress = "127.0.0.2";
    private const string WorkerAddress = "127.0.0.3";

    private long _memoryAtStart;
    private int _envoy;

    public Upstream Web { get; private set; } = null!;

    public AgentProxy Attacker => Deployment.Agent(AttackerAddress);

    public string Target => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Web.Port}");

    /// <summary>A tunnel of the attacker, and TLS in it.</summary>
    public Task<RawConnection> AttackAsync(string protocol = "http/1.1") => new RawProxy(Attacker).ConnectTlsAsync(
        Target, new TlsClientOptions { ServerName = Host, Trust = Deployment.Trust, ApplicationProtocols = [protocol] });

    /// <summary>The other agent's requests, each over a connection of its own, all succeed.</summary>
    public async Task ShouldServeTheOtherAgentAsync(int requests = 3)
    {
        for (int i = 0; i < requests; i++)
        {
            using ProxyHttp http = Deployment.Http(Deployment.Agent(WorkerAddress), http2: i % 2 == 1);
            using HttpResponseMessage response = await http.Client.GetAsync($"https://{Target}/status/200");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    /// <summary>Envoy is the one that was started, and has not grown without bound; the attacker itself may work on, with good manners.</summary>
    public async Task ShouldBeUnharmedAsync()
    {
        await ShouldServeTheOtherAgentAsync();
        using ProxyHttp http = Deployment.Http(Attacker);
        using HttpResponseMessage response = await http.Client.GetAsync($"https://{Target}/status/200");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(_envoy, Assert.Single(Deployment.Cagent.Process.Descendants("envoy")));
        Assert.InRange(await CountAsync(Memory) - _memoryAtStart, long.MinValue, MemoryBound);
    }

    /// <summary>One of Envoy's counters or gauges; 0 as long as it has not been counted.</summary>
    public async Task<long> CountAsync(string name)
    {
        using EnvoyAdmin admin = new(Deployment.Cagent.StateFolder);
        return (await admin.StatsAsync($"^{name}$")).GetValueOrDefault(name);
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        Web = await deployment.Internet.AddHttpsAsync(Host);
        string policy = deployment.Head
            + "domains:\n" + Deployment.Entry(Host, Web)
            + $"agents:\n  - {{name: attacker, identity: {{source: {AttackerAddress}}}}}\n  - {{name: worker, identity: {{source: {WorkerAddress}}}}}\n";
        await deployment.StartAsync(policy, new CagentOptions { Policy = policy, StartTimeout = TimeSpan.FromSeconds(90) });
        await ShouldServeTheOtherAgentAsync();
        _envoy = Assert.Single(deployment.Cagent.Process.Descendants("envoy"));
        _memoryAtStart = await CountAsync(Memory);
    }
}
