// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Internet;
using Cagent.TestKit.NetworkNamespaces;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Wildcards;

/// <summary>
/// Guarantee: an agent that asks for ever new names below wildcards is stopped before Envoy's cache of names, which all agents share, is full, and
/// before more than a bounded number of names has told somebody something; whoever else asks is served, for new names too.
/// </summary>
public sealed class WildcardFloodTests(WildcardFloodTests.Site site) : IClassFixture<WildcardFloodTests.Site>
{
    private const int Bound = 256; // WildcardNames.OfOneWildcard
    private const int Beyond = 60;
    private const int AtOnce = 8;

    [NamespaceFact(needsEnvoy: true)]
    public async Task Attack_A12_NewNamesWithoutEnd_AreBoundedForEachAgent()
    {
        ConcurrentBag<int> answers = [];
        await ForManyAsync(Bound + Beyond, async number => answers.Add(await GetAsync(site.Flooding, $"n{number}.one.example.org")));

        Assert.Equal([(200, Bound), (429, Beyond)], answers.CountBy(status => status).Select(pair => (pair.Key, pair.Value)).Order());
        // What is denied is not even resolved.
        Assert.Equal(Bound, site.Deployment.Internet.Dns.Queries.Select(query => query.Name).Where(name => name.EndsWith(".one.example.org", StringComparison.Ordinal)).Distinct().Count());
        // Another agent's new names, and the same agent's below another wildcard, and one that is in use.
        Assert.Equal(200, await GetAsync(site.Other, "new.one.example.org"));
        Assert.Equal(200, await GetAsync(site.Flooding, "new.two.example.org"));
        Assert.Equal(429, await GetAsync(site.Flooding, "new.one.example.org"));
        using ProxyHttp http = site.Deployment.Http(site.Flooding);
        using HttpResponseMessage denied = await http.Client.GetAsync("https://newer.one.example.org/");
        (await Denial.OfAsync(denied)).ShouldBe(429, "rate_limited");
        Assert.Equal("60", Assert.Single(denied.Headers.GetValues("retry-after")));

        // Passed through, by the name in CONNECT: another wildcard, another bound, the same rule.
        answers.Clear();
        await ForManyAsync(Bound + Beyond, async number =>
        {
            await using RawTunnel tunnel = await new RawProxy(site.Passing).ConnectAsync($"n{number}.pin.example.org:443");
            answers.Add(tunnel.Response.Status);
        });
        Assert.Equal([(200, Bound), (429, Beyond)], answers.CountBy(status => status).Select(pair => (pair.Key, pair.Value)).Order());
    }

    private static Task ForManyAsync(int count, Func<int, Task> act) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) => await act(number));

    private async Task<int> GetAsync(AgentProxy agent, string host)
    {
        using ProxyHttp http = site.Deployment.Http(agent);
        using HttpResponseMessage response = await http.Client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"https://{host}/status/200"));
        return (int)response.StatusCode;
    }

    /// <summary>A network with public addresses, and three agents.</summary>
    public sealed class Site : SharedDeployment
    {
        private static readonly IPAddress DnsAddress = IPAddress.Parse("198.41.0.53");
        private static readonly IPAddress Public = IPAddress.Parse("198.41.0.20");
        private NetworkNamespace? _network;

        public AgentProxy Flooding => Of("flooding-token-0b7715");

        public AgentProxy Other => Of("other-token-c90e2261");

        public AgentProxy Passing => Of("passing-token-4ad1883");

        protected override TestInternetOptions? Internet => new() { Address = DnsAddress, Sockets = _network! };

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            _network?.Dispose();
        }

        protected override bool CanStart()
        {
            if (!base.CanStart() || (NetworkNamespace.UnavailableReason is not null && !EnvoyBinary.IsRequired("netns")))
            {
                return false;
            }

            _network = NetworkNamespace.Create(DnsAddress, Public);
            return true;
        }

        protected override async Task StartAsync(Deployment deployment)
        {
            X509Certificate2 certificate = deployment.Internet.Issue("*.one.example.org", "*.two.example.org");
            await deployment.Internet.AddUpstreamAsync("web.example.net", new UpstreamOptions { Address = Public, Port = 443, Certificate = certificate, Sockets = _network! });
            deployment.Internet.Dns.Set("*.example.org", Public);
            await deployment.StartAsync(deployment.Head + """
                domains:
                  - {domain: "*.one.example.org"}
                  - {domain: "*.two.example.org"}
                  - {domain: "*.pin.example.org", tls: passthrough}
                agents:
                  - {name: flooding, identity: {token: {from: env, name: FLOODING}}}
                  - {name: other, identity: {token: {from: env, name: OTHER}}}
                  - {name: passing, identity: {token: {from: env, name: PASSING}}}

                """, new CagentOptions
            {
                Policy = "", Prefix = _network!.Prefix, Sockets = _network,
                Environment = new Dictionary<string, string> { ["FLOODING"] = "flooding-token-0b7715", ["OTHER"] = "other-token-c90e2261", ["PASSING"] = "passing-token-4ad1883" }.ToImmutableDictionary(),
            });
        }

        private AgentProxy Of(string token) => Deployment.Agent(authorization: "Bearer " + token);
    }
}
