// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>
/// Guarantee: what Envoy refuses (NACK) never takes the place of what works. The last good revision serves, the status names node, type,
/// resource and Envoy's words, a correction applies, and a restart does not bring the refused revision back.
/// </summary>
public sealed class NackTests : IDisposable
{
    private const string SecondHost = "second.example.com";
    private readonly TemporaryFolder _folder = new();

    private string CaFile => _folder.Combine("ca.pem");

    public void Dispose() => _folder.Dispose();

    [EnvoyFact]
    public async Task Attack_G8_RevisionThatEnvoyRefuses()
    {
        await using SteadySite site = await SteadySite.StartAsync();
        Upstream second = await site.Deployment.Internet.AddHttpsAsync(SecondHost);
        string good = (await site.WaitForStatusAsync(status => status.State == "effective", "the good policy")).Revision!;
        await using RawConnection tunnel = await site.OpenPinnedAsync();
        File.WriteAllText(CaFile, RefusedCa.Pem(site.Deployment.Internet.Ca));

        // The same edit opens a path elsewhere: of a refused revision nothing stays.
        site.Cagent.WritePolicy(WithSecond(site, second).Replace("\"GET /ws\"", "\"GET /ws\", \"GET /edit/1\"", StringComparison.Ordinal));

        await AssertRejectedAsync(site, good);
        // Going back narrows the entry, which ends its open tunnels: a request at that very moment may be one of them.
        await Eventually.TrueAsync(async () => await site.GetAsync("/edit/1") == 403, SteadySite.Limit, "the way back");
        await Eventually.TrueAsync(async () => await site.GetAsync("/status/200") == 200, SteadySite.Limit, "the last good policy");
        await site.AssertServesAsync();
        Assert.Equal(403, await site.GetAsync("/status/200", SecondHost, second.Port));
        await AssertEchoesAsync(tunnel);

        // Only the CA file changes: what the policy names is part of the policy.
        File.Copy(site.Deployment.Internet.CaFile, CaFile, overwrite: true);
        string corrected = (await site.WaitForStatusAsync(status => status.State == "effective" && status.Revision != good, "the corrected CA")).Revision!;
        await Eventually.TrueAsync(async () => await site.GetAsync("/status/200", SecondHost, second.Port) == 200, SteadySite.Limit, "the second host");
        Assert.Equal(200, await site.GetAsync("/edit/1"));

        // Nothing but a secret differs now: the revision must not pass for good before Envoy has judged the secret.
        File.WriteAllText(CaFile, RefusedCa.Pem(site.Deployment.Internet.Ca));
        await AssertRejectedAsync(site, corrected);
        Assert.Equal(200, await site.GetAsync("/status/200", SecondHost, second.Port));

        await site.Cagent.StopAsync();
        await site.StartCagentAsync(WithSecond(site, second).Replace("\"GET /ws\"", "\"GET /ws\", \"GET /edit/1\"", StringComparison.Ordinal));
        StatusDocument restarted = await site.WaitForStatusAsync(status => status.State == "rejected", "the refused revision of before");
        Assert.Equal(corrected, restarted.Revision);
        Assert.NotEqual(corrected, restarted.RefusedRevision);
        Assert.Empty(restarted.Nacks);
        Assert.Equal(200, await site.GetAsync("/status/200", SecondHost, second.Port));

        File.Copy(site.Deployment.Internet.CaFile, CaFile, overwrite: true);
        await site.WaitForStatusAsync(status => status.State == "effective" && status.Revision == corrected && status.RefusedRevision is null, "the corrected CA after a restart");
        await site.AssertServesAsync();
    }

    [EnvoyFact]
    public async Task RefusedCa_AtTheFirstStart_TheRestServesAndTheStatusSaysSo()
    {
        await using SteadySite site = await SteadySite.StartAsync(startsCagent: false);
        Upstream second = await site.Deployment.Internet.AddHttpsAsync(SecondHost);
        File.WriteAllText(CaFile, RefusedCa.Pem(site.Deployment.Internet.Ca));

        // Twice: a restart must not turn a part that is missing into nothing at all.
        for (int run = 0; run < 2; run++)
        {
            await site.StartCagentAsync(WithSecond(site, second));
            StatusDocument status = await AssertRejectedAsync(site, expected: null);
            Assert.Equal(status.RefusedRevision, status.Revision);
            await site.AssertServesAsync();
            Assert.Equal(503, await site.GetAsync("/status/200", SecondHost, second.Port));
            if (run == 0)
            {
                await site.Cagent.StopAsync();
            }
        }

        File.Copy(site.Deployment.Internet.CaFile, CaFile, overwrite: true);
        await site.WaitForStatusAsync(status => status.State == "effective", "the corrected CA");
        await Eventually.TrueAsync(async () => await site.GetAsync("/status/200", SecondHost, second.Port) == 200, SteadySite.Limit, "the second host");
    }

    [EnvoyFact]
    public async Task RefusedListener_BecauseItsPortIsTaken_LeavesThePolicyAlone()
    {
        await using SteadySite site = await SteadySite.StartAsync();
        StatusDocument good = await site.WaitForStatusAsync(status => status.State == "effective", "the good policy");
        KillEnvoy(site.EnvoyPid);
        using (Socket thief = await StealAsync(site.Cagent.Proxy.Port))
        {
            StatusDocument status = await site.WaitForStatusAsync(status => status.Nacks.Any(nack => nack.Type.EndsWith(".Listener", StringComparison.Ordinal)), "a refused listener");
            Assert.Equal("effective", status.State);
            Assert.Equal(good.Revision, status.Revision);
            Assert.Null(status.RefusedRevision);
            Assert.False(File.Exists(Path.Combine(site.StateFolder, "revisions", "rejected.json")));
            await site.Cagent.WaitUntilAsync(() => !File.Exists(site.Cagent.ReadyFile), SteadySite.Limit, "no ready file");
        }

        KillEnvoy(site.EnvoyPid);
        await site.MeasureRecoveryAsync();
        await site.AssertServesAsync();
    }

    private string WithSecond(SteadySite site, Upstream second) => site.Policy
        + $"  - {{domain: {SecondHost}, port: {second.Port}, addresses: [127.0.0.0/8], tls: {{mode: intercept, trusted_ca: {CaFile}}}}}\n";

    private async Task<StatusDocument> AssertRejectedAsync(SteadySite site, string? expected)
    {
        StatusDocument rejected = await site.WaitForStatusAsync(status => status.State == "rejected", "\"rejected\"");
        Assert.Equal(expected ?? rejected.Revision, rejected.Revision);
        Assert.NotNull(rejected.RefusedRevision);
        StatusDocument.Nack nack = rejected.Nacks[^1];
        Assert.Equal("envoy", nack.Node);
        Assert.Equal("type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret", nack.Type);
        Assert.Equal($"ca@{CaFile}", Assert.Single(nack.Resources));
        Assert.Contains("trusted CA", nack.Text, StringComparison.Ordinal);
        await site.Cagent.WaitForLineAsync(line => line.Contains("Envoy envoy refused", StringComparison.Ordinal) && line.Contains($"ca@{CaFile}", StringComparison.Ordinal) && line.Contains("trusted CA", StringComparison.Ordinal));
        return rejected;
    }

    internal static async Task AssertEchoesAsync(RawConnection tunnel)
    {
        await tunnel.SendAsync("ping");
        Assert.Equal("ping"u8.ToArray(), await tunnel.ReadBytesAsync(4));
    }

    private static void KillEnvoy(int pid)
    {
        using System.Diagnostics.Process envoy = System.Diagnostics.Process.GetProcessById(pid);
        envoy.Kill();
    }

    /// <summary>Takes the port as soon as the killed Envoy has left it; a new one needs several hundred milliseconds to get there.</summary>
    private static async Task<Socket> StealAsync(int port)
    {
        Socket thief = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Eventually.TrueAsync(
            () =>
            {
                try
                {
                    thief.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));
                    thief.Listen();
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            SteadySite.Limit, "the port");
        return thief;
    }
}
