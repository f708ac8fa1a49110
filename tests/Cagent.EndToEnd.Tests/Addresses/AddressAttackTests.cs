// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Security.Authentication;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Dns;
using Cagent.TestKit.NetworkNamespaces;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Addresses;

/// <summary>
/// Guarantee: whatever an allowed name resolves to, and however often the answer changes, no special-purpose address is dialled unless the
/// entry's own <c>addresses</c> open it; for every kind of entry. Ids are those of the catalogue of attacks.
/// </summary>
public sealed class AddressAttackTests(AddressDeployment shared) : IClassFixture<AddressDeployment>
{
    private const int Port = AddressDeployment.Port;

    private Deployment Deployment => shared.Deployment;

    [NamespaceFact(needsEnvoy: true)]
    public async Task Attack_C2_NameAtAForbiddenAddress_ReachesNothing()
    {
        foreach (string kind in AddressDeployment.AllKinds)
        {
            Assert.True(await IsAnsweredAsync(AddressDeployment.Name("public", kind), kind), $"{kind}: the public address is not reached");
            foreach (IPAddress address in AddressDeployment.Forbidden)
            {
                await ShouldBeDeniedAsync(AddressDeployment.Name(address, kind), kind);
            }
        }
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task Attack_C2_OpenedBlock_IsOpenToItsEntryOnly()
    {
        foreach (string kind in AddressDeployment.AllKinds.Except(AddressDeployment.OpeningKinds))
        {
            await ShouldBeDeniedAsync(AddressDeployment.Name("inside", kind), kind);
        }

        foreach (string kind in AddressDeployment.OpeningKinds)
        {
            Assert.True(await IsAnsweredAsync(AddressDeployment.Name("inside", kind), kind), $"{kind}: the opened address is not reached");
        }
    }

    /// <summary>IPv6 is not asked for, so none of its forms is an address of anything.</summary>
    [NamespaceFact(needsEnvoy: true)]
    public async Task Attack_C1_AnswersOfIPv6_AreNotEvenAskedFor()
    {
        foreach (string kind in AddressDeployment.AllKinds)
        {
            Assert.False(await IsAnsweredAsync(AddressDeployment.Name("v6", kind), kind), $"{kind}: answered without an address");
        }

        ShouldBeQuiet("v6");
        Assert.DoesNotContain(Deployment.Internet.Dns.Queries, query => query.Type != DnsType.A);
    }

    /// <summary>
    /// Envoy takes addresses one by one: of a mixed answer the public one is reached, or the request is denied when its turn comes to
    /// another. No forbidden one is dialled, by no attempt.
    /// </summary>
    [NamespaceFact(needsEnvoy: true)]
    public async Task Attack_C3_MixedAnswer_LeadsToThePublicAddressOrNowhere()
    {
        foreach (string kind in AddressDeployment.AllKinds)
        {
            for (int i = 0; i < 6; i++)
            {
                await IsAnsweredAsync(AddressDeployment.Name("mixed", kind), kind);
            }

            ShouldBeQuiet($"mixed, {kind}");
        }
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task Attack_C4_AnswerThatChanges_IsJudgedAtEachConnection()
    {
        Dictionary<string, bool> hasAnswered = AddressDeployment.AllKinds.ToDictionary(kind => kind, _ => false);
        int Queries(string kind) => Deployment.Internet.Dns.Queries.Count(query => query.Name == AddressDeployment.Name("flips", kind));
        await Eventually.TrueAsync(async () =>
        {
            foreach (string kind in AddressDeployment.AllKinds)
            {
                hasAnswered[kind] |= await IsAnsweredAsync(AddressDeployment.Name("flips", kind), kind);
                ShouldBeQuiet($"flips, {kind}");
            }

            return hasAnswered.All(kind => kind.Value && Queries(kind.Key) >= 3);
        }, TimeSpan.FromSeconds(90), "each kind has been answered, and its name has changed twice");
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task Attack_C5_Redirect_IsPassedOnAndNotFollowed()
    {
        string name = AddressDeployment.Name("public", "exact");
        foreach (string target in (string[])["http://169.254.169.254/latest/", "file:///etc/passwd", "http://10.0.0.5/"])
        {
            string path = "/redirect/" + Guid.NewGuid().ToString("N");
            shared.Web.Handle(path, context =>
            {
                context.Response.Redirect(target);
                return Task.CompletedTask;
            });
            RawResponse response = await Deployment.SendAsync(name, Port, $"GET {path} HTTP/1.1\r\nhost: {name}\r\n\r\n");
            Assert.Equal(302, response.Status);
        }

        ShouldBeQuiet("redirects");
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task Attack_C6_MetadataAndNodeServices_AreDeniedWithEveryMethod()
    {
        foreach (string target in (string[])["169.254.169.254", "169.254.170.2", "10.0.0.5:10250", "127.0.0.1:2375", "100.100.100.200", "168.63.129.16", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"])
        {
            foreach (string method in (string[])["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS"])
            {
                RawResponse response = await Deployment.Raw.SendAsync(
                    $"{method} http://{target}/latest/api/token HTTP/1.1\r\nhost: {target}\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\nmetadata-flavor: Google\r\ncontent-length: 0\r\n\r\n");
                Assert.True(response.Status == 403 && response.DeniedReason == "host_not_allowed", $"{method} {target}: {response}");
            }
        }

        ShouldBeQuiet("metadata");
    }

    [NamespaceFact(needsEnvoy: true)]
    public async Task Attack_B1_AddressAsTarget_IsDenied()
    {
        foreach (string target in (string[])["198.41.0.20:443", "169.254.169.254:443", "127.0.0.1:443", "[2606::1]:443", "[::1]:443", "[::ffff:198.41.0.20]:443"])
        {
            await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(target);
            Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed");
        }

        ShouldBeQuiet("targets");
    }

    private async Task ShouldBeDeniedAsync(string name, string kind)
    {
        if (IsPinned(kind))
        {
            // TLS is between the agent and nobody: the tunnel ends.
            await Assert.ThrowsAnyAsync<Exception>(async () => await (await Deployment.OpenAsync(name, Port)).DisposeAsync());
        }
        else
        {
            // Before Envoy has its first answer from DNS an upstream is down, which is a 503 and no denial.
            RawResponse? response = null;
            await Eventually.TrueAsync(async () => (response = await SendAsync(name, kind)).Status != 503, TimeSpan.FromSeconds(20), $"an answer for {name}");
            Assert.True(response is { Status: 403, DeniedReason: "address_forbidden" }, $"{name}: {response}");
        }

        ShouldBeQuiet(name);
    }

    /// <summary>Whether the upstream answers a request to the name.</summary>
    private async Task<bool> IsAnsweredAsync(string name, string kind)
    {
        try
        {
            return (await SendAsync(name, kind)).Status == 200;
        }
        catch (Exception e) when (e is IOException or AuthenticationException or ProxyRefusedException)
        {
            return false;
        }
    }

    private Task<RawResponse> SendAsync(string name, string kind) => kind.Contains("plain", StringComparison.Ordinal)
        ? Deployment.Raw.SendAsync($"GET http://{name}/x HTTP/1.1\r\nhost: {name}\r\n\r\n")
        : Deployment.SendAsync(name, Port, $"GET /x HTTP/1.1\r\nhost: {name}\r\n\r\n");

    private static bool IsPinned(string kind) => kind.Contains("pinned", StringComparison.Ordinal);

    private void ShouldBeQuiet(string what) => Assert.True(
        shared.Canaries.All(canary => canary.ConnectionCount == 0),
        string.Create(CultureInfo.InvariantCulture, $"{what} reached {string.Join(", ", shared.Canaries.Where(canary => canary.ConnectionCount > 0).Select(canary => canary.EndPoint))}"));
}
