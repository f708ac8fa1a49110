// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Cagent.TestKit.Clients;
using Cagent.TestKit.NetworkNamespaces;
using static Cagent.EndToEnd.Tests.Transparent.TransparentDeployment;

namespace Cagent.EndToEnd.Tests.Transparent;

/// <summary>
/// Guarantee: on the listeners for redirected connections a name decides, never the address that the agent chose, and server name and Host
/// are one name. Ids are those of the catalogue of attacks.
/// </summary>
public sealed class TransparentAttackTests(TransparentDeployment shared) : IClassFixture<TransparentDeployment>
{
    private NetworkNamespace Blue => shared.Network.Blue;

    [TransparentFact]
    public async Task Attack_A1_ServerNameOfAnUnlistedHost_IsClosed()
    {
        foreach (string name in (string[])["evil.example.net", "xapi.example.com", "api.example.com.evil.example.net", "x.y.wild.example.org", "wild.example.org"])
        {
            await ShouldBeClosedAsync(new ClientHello { ServerNames = [name] }.ToBytes(), $"server name {name}");
        }

        await ShouldWorkAsync();
    }

    [TransparentFact]
    public async Task Attack_A2_HostOtherThanTheServerName_IsDeniedForThatRequestOnly()
    {
        await using RawConnection connection = await shared.OpenAsync(Blue, Api);
        foreach (string host in (string[])[Other, "evil.example.net", Wild, $"{Api}:8443"])
        {
            await connection.SendAsync($"GET /x HTTP/1.1\r\nhost: {host}\r\n\r\n");
            Denial.Of(await connection.ReadResponseAsync()).ShouldBe(403, "name_mismatch");
            await connection.SendAsync($"GET /x HTTP/1.1\r\nhost: {Api}\r\n\r\n");
            Assert.Equal(200, (await connection.ReadResponseAsync()).Status);
        }

        ShouldBeQuiet();
    }

    [TransparentFact]
    public async Task Attack_A3_NoUsableServerName_IsClosedAndLogged()
    {
        byte[][] hellos =
        [
            new ClientHello().ToBytes(), new ClientHello { ServerNames = [""] }.ToBytes(), new ClientHello { ServerNames = ["198.41.0.20"] }.ToBytes(),
            new ClientHello { ServerNames = [Api, "evil.example.net"] }.ToBytes(), new ClientHello { ServerNames = ["[2620:fe::66]"] }.ToBytes(),
            new ClientHello { ServerNames = [$"{Api}:443 HTTP/1.1\r\nproxy-authorization: x\r\nx: "] }.ToBytes(), new ClientHello { ServerNames = [$"{Api}\0.evil.example.net"] }.ToBytes(),
        ];
        for (int i = 0; i < hellos.Length; i++)
        {
            await ShouldBeClosedAsync(hellos[i], $"hello {i}");
        }

        await ShouldWorkAsync();
        const string Literal = "198.41.0.77"; // in no other hello
        await ShouldBeClosedAsync(new ClientHello { ServerNames = [Literal] }.ToBytes(), Literal);
        JsonElement record = await shared.Log.FindAsync("the refusal", one => AccessLogFile.Member(one, "sni") == Literal);
        Assert.Equal(("tls", "name_mismatch", "blue"), (AccessLogFile.Member(record, "log"), AccessLogFile.Member(record, "denied_reason"), AccessLogFile.Member(record, "agent")));
    }

    /// <summary>Of an encrypted hello the proxy sees the outer one, answers it itself, and nothing of it goes on.</summary>
    [TransparentFact]
    public async Task Attack_A4_EncryptedHelloToAnInspectedName_EndsInTheProxy()
    {
        long before = shared.Web.ConnectionCount;
        await using RawConnection connection = await DialAsync(Blue, Evil, 443);
        await connection.SendAsync(new ClientHello { ServerNames = [Other], HasEncryptedClientHello = true }.ToBytes());
        Assert.Equal(22, (await connection.ReadBytesAsync(1))[0]); // a handshake record: the proxy's own
        Assert.Equal(before, shared.Web.ConnectionCount);
        ShouldBeQuiet();
    }

    [TransparentFact]
    public async Task Attack_A5_AddressOfTheAgentsChoice_IsNotDialled()
    {
        foreach (IPAddress destination in (IPAddress[])[Evil, Evil6, IPAddress.Parse("169.254.169.254"), IPAddress.Parse("10.200.0.1"), IPAddress.Parse("198.41.0.21")])
        {
            foreach (string name in (string[])[Api, Wild])
            {
                long before = shared.Web.RequestCount;
                Assert.Equal(200, (await shared.SendAsync(Blue, name, destination)).Status);
                Assert.Equal(before + 1, shared.Web.RequestCount);
            }

            await using RawConnection plain = await DialAsync(Blue, destination, 80);
            await plain.SendAsync($"GET /x HTTP/1.1\r\nhost: {Plain}\r\n\r\n");
            Assert.Equal(200, (await plain.ReadResponseAsync()).Status);
            await using RawConnection pinned = await shared.OpenAsync(Blue, Pinned, destination);
            await pinned.SendAsync("x");
            Assert.Single(await pinned.ReadBytesAsync(1));
        }

        ShouldBeQuiet();
    }

    [TransparentFact]
    public async Task Attack_B2_OtherProtocolOnAPort_IsRefused()
    {
        await using RawConnection text = await DialAsync(Blue, Evil, 443);
        await text.SendAsync($"GET /x HTTP/1.1\r\nhost: {Plain}\r\n\r\n");
        Assert.Empty(await text.ReadToCloseAsync());

        await using RawConnection tls = await DialAsync(Blue, Evil, 80);
        await tls.SendAsync(new ClientHello { ServerNames = [Api] }.ToBytes());
        Denial.Of(await tls.ReadResponseAsync()).ShouldBeRefused(400);

        // TLS for which the policy has plain HTTP, and the other way round.
        await ShouldBeClosedAsync(new ClientHello { ServerNames = [Plain] }.ToBytes(), "TLS to a plain name");
        await using RawConnection plain = await DialAsync(Blue, Evil, 80);
        await plain.SendAsync($"GET /x HTTP/1.1\r\nhost: {Api}\r\n\r\n");
        Denial.Of(await plain.ReadResponseAsync()).ShouldBe(403, "host_not_allowed");
        ShouldBeQuiet();
    }

    [TransparentFact]
    public async Task Attack_B4_ConnectOnPort80_OpensNoTunnel()
    {
        foreach (string target in (string[])[$"{Api}:443", "198.41.0.66:443", "10.200.0.1:3128"])
        {
            await using RawConnection connection = await DialAsync(Blue, Evil, 80);
            await connection.SendAsync($"CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n\r\n");
            Denial.Of(await connection.ReadResponseAsync("CONNECT")).ShouldBe(403, "method_not_allowed");
        }

        ShouldBeQuiet();
    }

    [TransparentFact]
    public async Task Attack_G1_AddressOfNoAgent_IsNobody()
    {
        SourceOf source = new(Blue, TransparentNetwork.NobodysAddress);
        await using RawConnection plain = await RawConnection.DialAsync(new IPEndPoint(Evil, 80), source);
        await plain.SendAsync($"GET /nobody HTTP/1.1\r\nhost: {Plain}\r\nproxy-authorization: Basic Ymx1ZTpibHVl\r\nx-cagent-agent: blue\r\n\r\n");
        Denial.Of(await plain.ReadResponseAsync()).ShouldBe(403, "agent_unknown");

        await using RawConnection tls = await RawConnection.DialAsync(new IPEndPoint(Evil, 443), source);
        await Assert.ThrowsAnyAsync<Exception>(() => tls.StartTlsAsync(new TlsClientOptions { ServerName = Api }));
        JsonElement record = await shared.Log.FindAsync(
            "the refusal", one => AccessLogFile.Member(one, "denied_reason") == "agent_unknown" && AccessLogFile.Member(one, "host") == $"{Api}:443");
        Assert.Null(AccessLogFile.Member(record, "agent"));
    }

    /// <summary>Envoy keeps connections between its own listeners; one that an agent left behind must serve nobody else.</summary>
    [TransparentFact]
    public async Task Attack_G13_AbandonedConnections_LendNobodyAnIdentity()
    {
        using CancellationTokenSource stop = new();
        Task abandoning = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            byte[] hello = new ClientHello { ServerNames = [Own] }.ToBytes();
            while (!stop.IsCancellationRequested)
            {
                await using RawConnection connection = await DialAsync(Blue, Evil, 443);
                await connection.SendAsync(hello);
                connection.Reset();
            }
        })));
        int answers = 0;
        for (int i = 0; i < 150; i++)
        {
            string path = $"/g13-{i}";
            Assert.Equal(200, (await shared.SendAsync(shared.Network.Green, Own, path: path)).Status);
            Assert.Equal(GreenSecret, shared.Web.Requests.Last(request => request.Path == path).Header("authorization"));
            answers++;
        }

        await stop.CancelAsync();
        await abandoning;
        Assert.Equal(150, answers);
    }

    private async Task ShouldWorkAsync() => Assert.Equal(200, (await shared.SendAsync(Blue, Api)).Status);

    private async Task ShouldBeClosedAsync(byte[] bytes, string what)
    {
        long before = shared.Web.ConnectionCount;
        await using RawConnection connection = await DialAsync(Blue, Evil, 443);
        await connection.SendAsync(bytes);
        byte[] answer = await connection.ReadToCloseAsync();
        Assert.True(answer.Length == 0 || answer[0] == 21, $"{what}: answered by {Convert.ToHexString(answer.AsSpan(0, Math.Min(answer.Length, 20)))}"); // nothing, or an alert
        Assert.Equal(before, shared.Web.ConnectionCount);
        ShouldBeQuiet();
    }

    private void ShouldBeQuiet() => Assert.All(shared.Canaries, canary => Assert.Equal(0, canary.ConnectionCount));
}
