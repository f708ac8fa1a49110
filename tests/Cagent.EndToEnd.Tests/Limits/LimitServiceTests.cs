// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Sockets;

namespace Cagent.EndToEnd.Tests.Limits;

/// <summary>
/// Guarantee: with the real envoyproxy/ratelimit and Redis, several Cagents count one limit together; the service is configured by a Cagent,
/// changes of policy included; and without it nothing passes that it would have to count.
/// </summary>
public sealed class LimitServiceTests
{
    private const string Counted = "counted.example.com";
    private const string Free = "free.example.com";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [LimitServiceFact]
    public async Task TwoCagents_CountTogether_FollowThePolicy_AndDenyWithoutTheService()
    {
        int grpc = FreePort.Find(IPAddress.Loopback, HostSockets.Instance);
        await using Deployment deployment = new();
        Upstream web = await deployment.Internet.AddHttpsAsync(Counted, certificateNames: [Counted, Free]);
        deployment.Internet.Dns.Set(Free, web.EndPoint.Address);
        ImmutableArray<string> arguments = ["--rate-limit-service", $"127.0.0.1:{grpc}", "--envoy-concurrency", "1"];
        await deployment.StartAsync(Policy("requests: 5"), new CagentOptions { Policy = Policy("requests: 5"), Arguments = arguments });
        await using CagentProcess other = await CagentProcess.StartAsync(new CagentOptions
        {
            Policy = Policy("requests: 5"), Arguments = arguments, Environment = ImmutableDictionary<string, string>.Empty.Add("CANARY_TOKEN", "sk-canary-of-the-other"),
        });
        X509Certificate2Collection trust = [];
        trust.ImportFromPemFile(Path.Combine(other.StateFolder, "interception-ca.pem"));
        using ProxyHttp one = deployment.Http();
        using ProxyHttp two = new(new AgentProxy(other.Proxy), new ProxyHttpOptions { Trust = trust });
        string counted = $"https://{Counted}:{web.Port}/", free = $"https://{Free}:{web.Port}/";

        // Nobody counts yet.
        using (HttpResponseMessage early = await one.Client.GetAsync(counted))
        {
            (await Denial.OfAsync(early)).ShouldBe(503, "policy_unavailable");
        }

        await using RunningProcess redis = StartRedis(out int redisPort);
        await redis.WaitForLineAsync(line => line.Contains("Ready to accept connections", StringComparison.Ordinal), Limit);
        await using (RunningProcess service = StartService(grpc, redisPort, deployment.Cagent.StateFolder))
        {
            await UntilAsync(one, counted, response => response.StatusCode == HttpStatusCode.OK);
            List<string> seen = [];
            for (int i = 0; i < 6; i++)
            {
                using HttpResponseMessage response = await (i % 2 == 0 ? two : one).Client.GetAsync(counted);
                seen.Add($"{(int)response.StatusCode} {Header(response, "x-ratelimit-limit")?.Split(',')[0]} {Header(response, "x-ratelimit-remaining")}");
                if (i == 5)
                {
                    (await Denial.OfAsync(response)).ShouldBe(429, "rate_limited");
                    Assert.True(int.Parse(Header(response, "retry-after") ?? "0", CultureInfo.InvariantCulture) > 0, "no retry-after");
                }
            }

            // The first of the five was the one that found the service.
            Assert.Equal((string[])["200 5 3", "200 5 2", "200 5 1", "200 5 0", "429 5 0", "429 5 0"], seen);

            // A new limit is a new bucket; until the service knows it, it denies.
            deployment.Cagent.WritePolicy(Policy("requests: 7"));
            await UntilAsync(one, counted, response => response.StatusCode == HttpStatusCode.OK && Header(response, "x-ratelimit-limit")?.Split(',')[0] == "7");
            Assert.Equal(429, await Changes.Probe.StatusAsync(two, counted));
        }

        using (HttpResponseMessage late = await one.Client.GetAsync(counted))
        {
            (await Denial.OfAsync(late)).ShouldBe(503, "policy_unavailable");
        }

        Assert.Equal(200, await Changes.Probe.StatusAsync(one, free));

        string Policy(string requests) => deployment.Head + "domains:\n" + Deployment.Entry(Free, web)
            + Deployment.Entry(Counted, web, $"rate_limit: {{{requests}, per: day, key: domain, scope: global}}");
    }

    private static RunningProcess StartRedis(out int port)
    {
        port = FreePort.Find(IPAddress.Loopback, HostSockets.Instance);
        return RunningProcess.Start(LimitServiceFactAttribute.Redis!,
            ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    }

    private static RunningProcess StartService(int grpc, int redis, string state) => RunningProcess.Start(LimitServiceFactAttribute.Service!, [], new Dictionary<string, string>
    {
        ["CONFIG_TYPE"] = "GRPC_XDS_SOTW",
        ["CONFIG_GRPC_XDS_NODE_ID"] = "ratelimit",
        ["CONFIG_GRPC_XDS_SERVER_URL"] = $"unix://{state}/run/limits.sock",
        ["CONFIG_GRPC_XDS_SERVER_CONNECT_RETRY_INTERVAL"] = "200ms",
        ["REDIS_SOCKET_TYPE"] = "tcp",
        ["REDIS_URL"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{redis}"),
        ["USE_STATSD"] = "false",
        ["LOG_LEVEL"] = "debug",
        ["HOST"] = "127.0.0.1",
        ["PORT"] = Port(),
        ["GRPC_HOST"] = "127.0.0.1",
        ["GRPC_PORT"] = grpc.ToString(CultureInfo.InvariantCulture),
        ["DEBUG_HOST"] = "127.0.0.1",
        ["DEBUG_PORT"] = Port(),
    });

    private static string Port() => FreePort.Find(IPAddress.Loopback, HostSockets.Instance).ToString(CultureInfo.InvariantCulture);

    private static async Task UntilAsync(ProxyHttp http, string address, Func<HttpResponseMessage, bool> condition)
    {
        long start = TimeProvider.System.GetTimestamp();
        string last = "nothing";
        while (TimeProvider.System.GetElapsedTime(start) < Limit)
        {
            using HttpResponseMessage response = await http.Client.GetAsync(address);
            if (condition(response))
            {
                return;
            }

            last = $"{response.StatusCode} {await response.Content.ReadAsStringAsync()}";
        }

        Assert.Fail($"not within {Limit}: {last}");
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
}
