// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Differential;

/// <summary>
/// Guarantee: what <c>explain</c>, <c>test</c> and <c>diff</c> say is what happens. The same 5,000 requests go through the real
/// Envoy with the real ext_authz and through the evaluator, and the answers are the same, reason for reason.
/// </summary>
public sealed class DifferentialTests(DifferentialDeployment site) : IClassFixture<DifferentialDeployment>
{
    private const int InterceptedRequests = 3200;
    private const int PlainRequests = 1300;
    private const int Connects = 500;
    private const int MaxShown = 40;

    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _disagreements = new();

    [EnvoyFact]
    public async Task FiveThousandRequests_ThroughEnvoyAndTheEvaluator_HaveTheSameAnswers()
    {
        RequestGenerator generator = new(site);
        string[] hosts = RequestGenerator.TunnelHosts;
        // Drawn before anything runs, so that the requests do not depend on who is faster.
        GeneratedRequest[][] intercepted = [.. hosts.Select(host => Enumerable.Range(0, InterceptedRequests / hosts.Length + 1).Select(_ => generator.Intercepted(host)).ToArray())];
        GeneratedRequest[][] plain = [.. Enumerable.Range(0, PlainRequests).Select(_ => generator.PlainHttp()).Chunk(PlainRequests / 2)];
        GeneratedRequest[] connects = [.. Enumerable.Range(0, Connects).Select(_ => generator.Connect())];

        await Task.WhenAll(
        [
            .. hosts.Zip(intercepted, (host, requests) => RunAsync(requests, () => site.Deployment.OpenAsync(host, site.WebPort))),
            .. plain.Select(requests => RunAsync(requests, () => site.Deployment.Raw.DialAsync())),
            RunConnectsAsync(connects),
        ]);

        Assert.True(_seen.Values.Sum() >= 5000, "too few requests");
        Assert.True(_disagreements.IsEmpty, $"{_disagreements.Count} disagreements:\n{string.Join('\n', _disagreements.Take(MaxShown))}");
        // Each answer was given often enough for the comparison to mean something.
        Assert.All(["allowed", "name_mismatch", "path_not_allowed", "method_not_allowed", "host_not_allowed", "read_only", "bad_request"],
            answer => Assert.True(_seen.GetValueOrDefault(answer) >= 5, $"{answer}: {_seen.GetValueOrDefault(answer)}"));
    }

    private async Task RunAsync(GeneratedRequest[] requests, Func<Task<RawConnection>> open)
    {
        RawConnection? connection = null;
        foreach (GeneratedRequest request in requests)
        {
            connection ??= await open();
            await connection.SendAsync(request.Text);
            RawResponse response = await connection.ReadResponseAsync(request.Method);
            Compare(request, Answer(response));
            if (response.Status == 400 || "close".Equals(response.Header("connection"), StringComparison.OrdinalIgnoreCase))
            {
                await connection.DisposeAsync();
                connection = null;
            }
        }

        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task RunConnectsAsync(GeneratedRequest[] requests)
    {
        foreach (GeneratedRequest request in requests)
        {
            await using RawTunnel tunnel = await site.Deployment.Raw.ConnectAsync(request.Authority);
            Compare(request, Answer(tunnel.Response));
        }
    }

    private void Compare(GeneratedRequest request, string actual)
    {
        string expected = request.Expect(site.Table);
        _seen.AddOrUpdate(actual, 1, (_, count) => count + 1);
        // The policy allows it; the address behind a wildcard's name is judged when it is dialled, which no evaluator does.
        if (expected != actual && (expected, actual) != ("allowed", "address_forbidden"))
        {
            _disagreements.Enqueue($"evaluator {expected}, proxy {actual}: {request}");
        }
    }

    private static string Answer(RawResponse response) =>
        response.DeniedReason
        ?? (response.Status == 400 ? "bad_request" : response.Status is 200 or 404 or 405 ? "allowed" : $"status {response.Status} {response.Text}");
}
