// SPDX-License-Identifier: Apache-2.0
using System.Security.Authentication;
using Cagent.TestKit.Clients;
using Cagent.TestKit.NetworkNamespaces;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Wildcards;

/// <summary>
/// Guarantee: an allowed name that leads to a loopback, private or metadata address, alone or among public ones, reaches
/// nothing there: exact and wildcard, inspected, passed through and plain.
/// </summary>
public sealed class ForbiddenAddressTests(WildcardDeployment shared) : IClassFixture<WildcardDeployment>
{
    private const int Port = WildcardDeployment.Port;

    private Deployment Deployment => shared.Deployment;

    [NamespaceFact(needsEnvoy: true)]
    public async Task InspectedName_AtAForbiddenAddress_ReachesNothing()
    {
        foreach (string name in WildcardDeployment.ForbiddenNames.Keys.SelectMany(name => new[] { $"{name}.example.net", $"{name}.one.example.org" }))
        {
            RawResponse response = await ResolvedAsync(name, () => Deployment.SendAsync(name, Port, $"GET /x HTTP/1.1\r\nhost: {name}\r\n\r\n"));
            ShouldBeQuiet(name);
            ShouldBeDenied(name, response);
        }
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task PlainName_AtAForbiddenAddress_ReachesNothing()
    {
        foreach (string name in WildcardDeployment.ForbiddenNames.Keys.Select(name => $"{name}.plain.example.net"))
        {
            RawResponse response = await ResolvedAsync(name, () => Deployment.Raw.SendAsync($"GET http://{name}/x HTTP/1.1\r\nhost: {name}\r\n\r\n"));
            ShouldBeQuiet(name);
            ShouldBeDenied(name, response);
        }
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task PinnedName_AtAForbiddenAddress_ReachesNothing()
    {
        foreach (string name in WildcardDeployment.ForbiddenNames.Keys.SelectMany(name => new[] { $"{name}.pin.example.net", $"{name}.pin.example.org" }))
        {
            Exception? failure = await Record.ExceptionAsync(async () =>
            {
                await using RawConnection connection = await Deployment.OpenAsync(name, Port);
            });
            ShouldBeQuiet(name);
            Assert.True(failure is IOException or AuthenticationException, $"{name}: expected a closed tunnel, got {failure?.GetType().Name ?? "TLS"}");
        }
    }

    /// <summary>Asks until Envoy has resolved the name: before its first DNS answer an upstream is down, which is a 503 and no denial.</summary>
    private static async Task<RawResponse> ResolvedAsync(string name, Func<Task<RawResponse>> send)
    {
        RawResponse? response = null;
        await Eventually.TrueAsync(async () =>
        {
            response = await send();
            return response.Status != 503 || name.StartsWith("mixed-", StringComparison.Ordinal);
        }, TimeSpan.FromSeconds(15), $"an answer for {name}");
        return response!;
    }

    private void ShouldBeQuiet(string name) =>
        Assert.True(shared.Canaries.All(canary => canary.ConnectionCount == 0), $"{name} reached a forbidden address");

    /// <summary>
    /// Of a mixed answer Envoy takes one address, and which is not ours to say: a private one is refused when it is chosen, the public
    /// one is what the policy allows. That nothing reached the private one is the guarantee.
    /// </summary>
    private static void ShouldBeDenied(string name, RawResponse response)
    {
        if (name.StartsWith("mixed-", StringComparison.Ordinal) && response.Status == 200)
        {
            return;
        }

        Denial denial = Denial.Of(response);
        bool isUnanswered = name.StartsWith("mixed-", StringComparison.Ordinal) && denial is { Status: 503, Error: "upstream_failed" };
        Assert.True(isUnanswered || denial is { Status: 403, Reason: "address_forbidden" }, $"{name}: {response}");
    }
}
