// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.NetworkNamespaces;
using Cagent.TestKit.Waiting;
using static Cagent.EndToEnd.Tests.Transparent.TransparentDeployment;

namespace Cagent.EndToEnd.Tests.Transparent;

/// <summary>Guarantee: a change of policy reaches redirected connections as it does the explicit proxy: what is taken away ends, open or not, and nothing else does.</summary>
public sealed class TransparentChangeTests(TransparentDeployment shared) : IClassFixture<TransparentDeployment>
{
    [TransparentFact]
    public async Task Policy_Changed_EndsWhatItTakesAwayAndNothingElse()
    {
        NetworkNamespace blue = shared.Network.Blue;
        NetworkNamespace green = shared.Network.Green;
        await using RawConnection pinned = await OpenEchoAsync(blue);
        await using RawConnection bluesOther = await OpenWebAsync(blue, Other);
        await using RawConnection greensOther = await OpenWebAsync(green, Other);
        await using RawConnection greensApi = await OpenWebAsync(green, Api);

        // An entry goes: its tunnels end.
        shared.Deployment.Cagent.WritePolicy(shared.PolicyText.Replace($"  - {{domain: {Pinned}, tls: passthrough}}\n", "", StringComparison.Ordinal));
        await pinned.ReadToCloseAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => OpenEchoAsync(blue));
        await ShouldAnswerAsync(bluesOther, Other);
        await ShouldAnswerAsync(greensOther, Other);

        // An agent is stopped: its own end, and it is told so where it can be.
        shared.Deployment.Cagent.WritePolicy(shared.PolicyText.Replace("- name: blue\n", "- name: blue\n    quarantined: true\n", StringComparison.Ordinal));
        await bluesOther.ReadToCloseAsync();
        await ShouldAnswerAsync(greensOther, Other);
        await ShouldAnswerAsync(greensApi, Api);
        await Assert.ThrowsAnyAsync<Exception>(() => shared.SendAsync(blue, Other));
        await using RawConnection plain = await DialAsync(blue, Evil, 80);
        await plain.SendAsync($"GET /x HTTP/1.1\r\nhost: {Plain}\r\n\r\n");
        Denial.Of(await plain.ReadResponseAsync()).ShouldBe(403, "agent_quarantined");

        // And everything back.
        shared.Deployment.Cagent.WritePolicy(shared.PolicyText);
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await using RawConnection echo = await OpenEchoAsync(blue);
                    return (await shared.SendAsync(blue, Other)).Status == 200;
                }
                catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(20), "blue is served again");
        await ShouldAnswerAsync(greensOther, Other);
        await ShouldAnswerAsync(greensApi, Api);
    }

    private async Task<RawConnection> OpenEchoAsync(NetworkNamespace agent)
    {
        RawConnection connection = await shared.OpenAsync(agent, Pinned);
        await connection.SendAsync("x");
        Assert.Single(await connection.ReadBytesAsync(1));
        return connection;
    }

    private async Task<RawConnection> OpenWebAsync(NetworkNamespace agent, string name)
    {
        RawConnection connection = await shared.OpenAsync(agent, name);
        await ShouldAnswerAsync(connection, name);
        return connection;
    }

    private static async Task ShouldAnswerAsync(RawConnection connection, string name)
    {
        await connection.SendAsync($"GET /x HTTP/1.1\r\nhost: {name}\r\n\r\n");
        Assert.Equal(200, (await connection.ReadResponseAsync()).Status);
    }
}
