// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Compiler.Authz;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using static Cagent.EndToEnd.Tests.Agents.AgentsDeployment;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Guarantee: what <c>explain --agent</c> and <c>test</c> say is what happens to that agent. The same requests of every agent go through the
/// real Envoy and through the evaluator, and the answers are the same, reason for reason.
/// </summary>
public sealed class AgentDifferentialTests(AgentsDeployment site) : IClassFixture<AgentsDeployment>
{
    private const int RequestsOfEach = 250;
    private const string Stranger = "stranger";

    private static readonly string[] Agents = ["blue", "green", "ci", "night", "both", "stopped", "halted", Stranger];
    private static readonly string[] Hosts = [Shadowed, Shared, OfBlue, OfCi, InWildcard, "x.wild.example.com", "a.b.wild.example.com", Plain, Pinned, PinnedOfCi, PinnedForOthers, "unlisted.example.com"];
    private static readonly string[] Methods = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE"];
    private static readonly string[] Paths = ["/upload", "/upload", "/", "/denied-to-ci", "/a/../upload", "/a//b", "/a%2f..%2fb", "/%zz", "/a\\b"];

    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _disagreements = new();

    [EnvoyFact]
    public async Task Requests_OfEveryAgent_HaveTheSameAnswersAsTheEvaluators()
    {
        await Task.WhenAll(Agents.Select((agent, i) => RunAsync(agent, new Random(20261123 + i))));

        Assert.True(_disagreements.IsEmpty, $"{_disagreements.Count} disagreements:\n{string.Join('\n', _disagreements.Take(40))}");
        Assert.All(["allowed", "host_not_allowed", "method_not_allowed", "path_not_allowed", "read_only", "agent_unknown", "agent_quarantined", "bad_request"],
            answer => Assert.True(_seen.GetValueOrDefault(answer) >= 5, $"{answer}: {_seen.GetValueOrDefault(answer)}"));
    }

    private async Task RunAsync(string name, Random random)
    {
        AgentProxy agent = name == Stranger ? site.Nobody : site.Of(name);
        for (int i = 0; i < RequestsOfEach; i++)
        {
            string authority = Spelling(random, $"{Pick(random, Hosts)}:{Pick(random, site.Web.Port, site.Web.Port, site.Web.Port, site.PlainWeb.Port, site.PinnedServer.Port, 443)}");
            (string method, string url) = random.Next(3) switch
            {
                0 => ("CONNECT", authority),
                // Envoy takes the user's name out of an absolute URL itself, which the evaluator does not.
                1 => (Pick(random, Methods), $"http://{authority.Replace("user@", "", StringComparison.Ordinal)}{Pick(random, Paths)}"),
                _ => (Pick(random, Methods), $"https://{authority.ToLowerInvariant()}{Pick(random, Paths)}"),
            };
            Assert.True(AgentRequest.TryParse(method, url, out AgentRequest? request, out string? problem), problem);
            PolicyDecision decision = PolicyEvaluator.Evaluate(site.Table, request with { Agent = name });
            string expected = decision.IsAllowed ? "allowed" : decision.Reason?.WireName() ?? "bad_request";
            string? actual = request.Way == RequestWay.Intercepted ? await InsideAsync(agent, request) : await OutsideAsync(agent, request);
            // Bytes that are passed through, and names behind a wildcard, have an answer of their own.
            if (actual is null || (expected, actual) is ("allowed", "address_forbidden"))
            {
                continue;
            }

            _seen.AddOrUpdate(actual, 1, (_, count) => count + 1);
            if (expected != actual)
            {
                _disagreements.Enqueue($"evaluator {expected}, proxy {actual}: {name}: {method} {url}");
            }
        }
    }

    private static async Task<string> OutsideAsync(AgentProxy agent, AgentRequest request)
    {
        string target = request.Way == RequestWay.Tunnel ? request.Authority : $"http://{request.Authority}{request.Path}";
        string token = agent.Authorization is null ? "" : $"proxy-authorization: {agent.Authorization}\r\n";
        return Answer(await new RawProxy(agent).SendAsync($"{request.Method} {target} HTTP/1.1\r\nhost: {request.Authority}\r\n{token}{Length(request)}\r\n"));
    }

    private async Task<string?> InsideAsync(AgentProxy agent, AgentRequest request)
    {
        await using RawTunnel tunnel = await new RawProxy(agent).ConnectAsync(request.Authority);
        if (!tunnel.IsOpen)
        {
            return Answer(tunnel.Response);
        }

        if (request.Authority.EndsWith($":{site.PinnedServer.Port}", StringComparison.Ordinal))
        {
            return null;
        }

        string host = request.Authority.Split(':')[0];
        await using RawConnection inside = await tunnel.Connection.StartTlsAsync(new TlsClientOptions { ServerName = host.TrimEnd('.'), Trust = site.Deployment.Trust });
        await inside.SendAsync($"{request.Method} {request.Path} HTTP/1.1\r\nhost: {request.Authority}\r\n{Length(request)}\r\n");
        return Answer(await inside.ReadResponseAsync(request.Method));
    }

    private static string Length(AgentRequest request) => request.Method is "POST" or "PUT" ? "content-length: 0\r\n" : "";

    private static string Answer(RawResponse response) =>
        response.DeniedReason ?? (response.Status == 400 ? "bad_request" : response.Status is 200 or 404 or 405 ? "allowed" : $"status {response.Status} {response.Text}");

    private static string Spelling(Random random, string authority) => random.Next(12) switch
    {
        0 => authority.ToUpperInvariant(),
        1 => authority.Replace(":", ".:", StringComparison.Ordinal),
        2 => "user@" + authority,
        3 => Pick(random, $"{authority}:1", $"[{authority}]", $"a_{authority}", $"-{authority}", $"{authority.Split(':')[0]}:0443"),
        _ => authority,
    };

    private static T Pick<T>(Random random, params T[] from) => from[random.Next(from.Length)];
}
