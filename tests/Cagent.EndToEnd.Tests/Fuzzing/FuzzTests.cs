// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Lowering;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;

namespace Cagent.EndToEnd.Tests.Fuzzing;

/// <summary>
/// Guarantee: whatever bytes an agent sends, an upstream receives only requests that are well-formed by the letter and that the evaluator
/// allows for the very bytes received; with the credential where the policy has one, and never elsewhere; and nobody else is dialled.
/// </summary>
public sealed class FuzzTests(FuzzDeployment site) : IClassFixture<FuzzDeployment>
{
    /// <summary>The same bytes in every run; <c>CAGENT_FUZZ_SEED</c> tries others.</summary>
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("CAGENT_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int seed) ? seed : 20261123;

    private const int Requests = 20_000;
    private const int Workers = 8;
    private const int MaxShown = 20;

    private static readonly string[] OfTheProxy = ["x-cagent-", "x-envoy-", "x-forwarded-", "x-http-method-override", "x-method-override", "x-original-url", "x-rewrite-url", "proxy-authorization", "forwarded"];

    // A request that is not whole is answered by nobody: it is left after this.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);

    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);

    [EnvoyFact]
    public async Task TwentyThousandRequests_InAnyBytes_ArriveOnlyAsTheEvaluatorAllows()
    {
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(worker))));

        // Everything that was let through has been answered, so it has arrived.
        ExactRequest[] arrived = [.. site.Web.Requests, .. site.PlainWeb.Requests];
        string[] holes =
        [
            .. site.Web.Requests.Select(request => ProblemOf(request, RequestWay.Intercepted, site.Web.Port)).OfType<string>(),
            .. site.PlainWeb.Requests.Select(request => ProblemOf(request, RequestWay.Plain, site.PlainWeb.Port)).OfType<string>(),
        ];
        Assert.True(holes.Length == 0, $"seed {Seed}, {holes.Length} holes:\n{string.Join('\n', holes.Take(MaxShown))}");
        Assert.Equal(0, site.Canary.ConnectionCount);
        // Not for want of trying: enough came through on each way, with bodies and in other spellings, and enough was refused for each kind of reason.
        string seen = string.Join(", ", _answers.OrderByDescending(answer => answer.Value).Select(answer => $"{answer.Key} {answer.Value}"));
        Assert.True(_answers.Values.Sum() >= Requests * 0.8, seen);
        Assert.All(FuzzDeployment.Tunnels, host => Assert.True(arrived.Count(request => request.ServerName == host) > 50, $"{host}: {arrived.Count(request => request.ServerName == host)}; {seen}"));
        Assert.True(site.PlainWeb.Requests.Count > 50, seen);
        Assert.Contains(arrived, request => request.Values("transfer-encoding").Any() && request.Body.Length == 4);
        Assert.All(["400", "403 path_not_allowed", "403 host_not_allowed", "403 method_not_allowed", "403 name_mismatch", "403 read_only"],
            answer => Assert.True(_answers.GetValueOrDefault(answer) >= 20, $"{answer}; {seen}"));
    }

    private async Task WorkAsync(int worker)
    {
        FuzzGenerator generator = new(Seed + worker, site.Web.Port, site.PlainWeb.Port, site.Canary.Port);
        string host = FuzzDeployment.Tunnels[worker % FuzzDeployment.Tunnels.Length];
        RawConnection? tunnel = null;
        RawConnection? door = null;
        for (int number = 0; number < Requests / Workers; number++)
        {
            switch (number % 10)
            {
                case < 6:
                    tunnel = await SendAsync(tunnel ?? await site.Deployment.OpenAsync(host, site.Web.Port), generator.Inside(host));
                    break;
                case < 9:
                    door = await SendAsync(door ?? await site.Deployment.Raw.DialAsync(), generator.AtTheDoor());
                    break;
                default:
                    await using (RawConnection connect = await site.Deployment.Raw.DialAsync())
                    {
                        await SendAsync(connect, generator.Connect());
                    }

                    break;
            }
        }

        await (tunnel?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (door?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    // The connection when it can be used on, else null. A second answer, to a request behind the first, is left unread: the next request finds it and counts it as its own.
    private async Task<RawConnection?> SendAsync(RawConnection connection, byte[] request)
    {
        connection.Timeout = Patience;
        string answer;
        try
        {
            await connection.SendAsync(request);
            RawResponse response = await connection.ReadResponseAsync(request.AsSpan().StartsWith("HEAD"u8) ? "HEAD" : "GET");
            answer = string.Create(CultureInfo.InvariantCulture, $"{response.Status} {response.DeniedReason}").TrimEnd();
            if (response.Status is 200 or 403 && !"close".Equals(response.Header("connection"), StringComparison.OrdinalIgnoreCase))
            {
                Count(answer);
                return connection;
            }
        }
        catch (OperationCanceledException)
        {
            answer = "waits";
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ObjectDisposedException)
        {
            answer = "closed";
        }

        Count(answer);
        await connection.DisposeAsync();
        return null;
    }

    private void Count(string answer) => _answers.AddOrUpdate(answer, 1, (_, count) => count + 1);

    private string? ProblemOf(ExactRequest request, RequestWay way, int port)
    {
        if (request.Fault is { } fault)
        {
            // A body whose end never came was cut off with its request: the one fault that is the agent's own affair.
            return fault == "a body without its end" && Problem(request, way, port) is null ? null : $"not well-formed: {request}";
        }

        return Problem(request, way, port) is { } problem ? $"{problem}: {request}" : null;
    }

    private string? Problem(ExactRequest request, RequestWay way, int port)
    {
        string authority = request.Values("host").Single();
        PolicyDecision decision = PolicyEvaluator.Evaluate(site.Table, new PolicyRequest(EgressIr.AnonymousAgent, way, request.Method, authority, request.Target, null, request.Body.Length));
        if (!decision.IsAllowed)
        {
            return $"denied by the evaluator ({decision.Reason})";
        }

        string host = authority.Split(':')[0];
        string[] authorization = [.. request.Values("authorization")];
        return way == RequestWay.Intercepted && !host.TrimEnd('.').Equals(request.ServerName, StringComparison.OrdinalIgnoreCase) ? "another name than that of the connection"
            : authority != $"{host}:{port}" ? "another port"
            : request.Fields.Any(field => OfTheProxy.Any(name => field.Key.StartsWith(name, StringComparison.OrdinalIgnoreCase))) ? "a header that only the proxy may set"
            : host.Equals(FuzzDeployment.Keyed, StringComparison.OrdinalIgnoreCase)
                ? authorization is [var only] && only == $"Bearer {site.Deployment.Secret}" ? null : "not the credential alone"
                : request.ToString().Contains(site.Deployment.Secret, StringComparison.Ordinal) ? "the credential of another host" : null;
    }
}
