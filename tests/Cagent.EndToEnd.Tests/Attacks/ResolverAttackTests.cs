// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>The rows of group C that are about names alone: what policy does not name is not resolved either, or its labels would carry secrets out.</summary>
[TestCaseOrderer(LastTest.Name, LastTest.Assembly)]
public sealed class ResolverAttackTests(AttackDeployment shared) : IClassFixture<AttackDeployment>
{
    private Deployment Deployment => shared.Deployment;

    [EnvoyTheory]
    [InlineData("evil.test")]
    [InlineData("api.good.test.evil.test")]
    [InlineData("x.good.test")]
    [InlineData("x.y.wild.good.test")]
    public async Task Attack_C8_SecretInANameThatIsNotAllowed(string domain)
    {
        string name = $"{Guid.NewGuid():N}.{domain}";

        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{name}:443");
        shared.WillBeRecorded(Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed"));
        shared.WillBeRecorded(Denial.Of(await Deployment.Raw.SendAsync($"GET http://{name}/ HTTP/1.1\r\nhost: {name}\r\n\r\n")).ShouldBe(403, "host_not_allowed"));

        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyTheory]
    [InlineData("cloudflare-dns.com:443")]
    [InlineData("dns.google:443")]
    [InlineData("1.1.1.1:443")]
    [InlineData("8.8.8.8:53")]
    [InlineData("dns.quad9.net:853")]
    public async Task Attack_C10_ResolverOfSomebodyElse(string target)
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(target);

        shared.WillBeRecorded(Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed"));
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    /// <summary>On a host with rules a path that none of them names; a rule about the media type alone is not in the language yet.</summary>
    [EnvoyFact]
    public async Task Attack_C10_DnsOverHttpsOnAnAllowedHost()
    {
        const string Lines = "content-type: application/dns-message\r\naccept: application/dns-message\r\n";
        await shared.ShouldBeDeniedAsync(AttackWay.Inspected, "GET", "/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB", "path_not_allowed", AttackDeployment.Api, Lines);
        await shared.ShouldBeDeniedAsync(AttackWay.Inspected, "POST", "/dns-query", "path_not_allowed", AttackDeployment.Api, Lines + "content-length: 0\r\n");
        await shared.ShouldStillWorkAndBeQuietAsync();
    }

    [EnvoyFact]
    public Task Attacks_OfThisClass_LeaveOneRecordEachAndNoSecret() => shared.ShouldAllBeRecordedAsync();
}
