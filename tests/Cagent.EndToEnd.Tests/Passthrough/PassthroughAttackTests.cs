// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;
using static Cagent.EndToEnd.Tests.Passthrough.PassthroughDeployment;

namespace Cagent.EndToEnd.Tests.Passthrough;

/// <summary>
/// Guarantee: what is passed through is TLS whose server name is the CONNECT's host, goes to that host's own address, byte for byte, and never
/// carries anything of ours. Ids are those of the catalogue of attacks.
/// </summary>
public sealed class PassthroughAttackTests(PassthroughDeployment shared) : IClassFixture<PassthroughDeployment>
{
    private Deployment Deployment => shared.Deployment;

    private string Target => $"{Pinned}:{shared.Upstream.Port}";

    [EnvoyFact]
    public async Task Attack_A1_OtherServerName_IsClosedAndLogged()
    {
        foreach (string name in (string[])[Api, Evil, "x." + Pinned, Pinned + ".evil.example.com", "example.com"])
        {
            await ShouldBeClosedAsync(new ClientHello { ServerNames = [name] }.ToBytes(), name);
        }

        JsonElement record = await new AccessLogFile(Deployment.Cagent.StateFolder).FindAsync("the refusal", one => AccessLogFile.Member(one, "sni") == "x." + Pinned);
        Assert.Equal(("gate", "name_mismatch", Target), (AccessLogFile.Member(record, "log"), AccessLogFile.Member(record, "denied_reason"), AccessLogFile.Member(record, "connect")));
    }

    [EnvoyFact]
    public async Task Attack_A3_NoServerNameOrNoTls_IsClosed()
    {
        await ShouldBeClosedAsync(new ClientHello().ToBytes(), "no server name");
        await ShouldBeClosedAsync(new ClientHello { ServerNames = [""] }.ToBytes(), "an empty one");
        await ShouldBeClosedAsync(new ClientHello { ServerNames = [Pinned, Evil] }.ToBytes(), "two");
        await ShouldBeClosedAsync(new ClientHello { ServerNames = ["127.0.0.1"] }.ToBytes(), "an address");
        await ShouldBeClosedAsync(new ClientHello { ServerNames = [Pinned + "\0"] }.ToBytes(), "a NUL");
        await ShouldBeClosedAsync("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray(), "SSH");
        await ShouldBeClosedAsync([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f], "a database");
        await ShouldBeClosedAsync("GET /x HTTP/1.1\r\nhost: pin.example.com\r\n\r\n"u8.ToArray(), "HTTP");
    }

    /// <summary>A hello in pieces is read whole before anything is decided.</summary>
    [EnvoyFact]
    public async Task Attack_A1_ServerNameInPieces_IsStillRead()
    {
        await ShouldBeClosedAsync(InRecordsOf(40, new ClientHello { ServerNames = [Evil] }.ToBytes()), "records of 40 bytes");
        byte[] allowed = InRecordsOf(40, new ClientHello { ServerNames = [Pinned] }.ToBytes());
        CanaryConnection seen = await PassAsync(allowed);
        Assert.Equal(allowed, seen.Bytes);
    }

    [EnvoyFact]
    public async Task Attack_F_PassedBytes_AreThoseOfTheAgentAndNoOthers()
    {
        byte[] hello = [.. new ClientHello { ServerNames = [Pinned] }.ToBytes(), .. Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nhost: {Api}\r\nauthorization: mine\r\n\r\n")];
        CanaryConnection seen = await PassAsync(hello);
        Assert.Equal(hello, seen.Bytes);
        Assert.DoesNotContain(Deployment.Secret, seen.Text, StringComparison.Ordinal);
    }

    /// <summary>
    /// The proxy cannot see what an encrypted hello holds. What it can do it does: the outer name decides, only that name is resolved, and
    /// only its address is dialled; whatever the inner name is, nobody else hears of it.
    /// </summary>
    [EnvoyFact]
    public async Task Attack_A4_EncryptedHello_GoesToTheOuterNamesAddressAndNowhereElse()
    {
        await ShouldBeClosedAsync(new ClientHello { ServerNames = [Evil], HasEncryptedClientHello = true }.ToBytes(), "outer name not listed");
        await ShouldBeClosedAsync(new ClientHello { HasEncryptedClientHello = true }.ToBytes(), "no outer name");
        byte[] hello = new ClientHello { ServerNames = [Pinned], HasEncryptedClientHello = true }.ToBytes();
        CanaryConnection seen = await PassAsync(hello);
        Assert.Equal(hello, seen.Bytes);
        Assert.Equal(0, shared.EvilServer.ConnectionCount);
        Assert.DoesNotContain(Deployment.Internet.Dns.Queries, query => query.Name == Evil || (int)query.Type is 64 or 65);
    }

    [EnvoyFact]
    public async Task Attack_B2_OtherPortOfThePassedName_IsDenied()
    {
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{Pinned}:{shared.EvilServer.Port}");
        Denial.Of(tunnel.Response).ShouldBe(403, "host_not_allowed");
        Assert.Equal(0, shared.EvilServer.ConnectionCount);
    }

    /// <summary>Sends bytes through a tunnel, and returns the upstream's connection once it has them all.</summary>
    private async Task<CanaryConnection> PassAsync(byte[] bytes)
    {
        int before = shared.Upstream.Connections.Count;
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(Target);
        await tunnel.Connection.SendAsync(bytes);
        await Eventually.TrueAsync(() => shared.Upstream.Connections.Count > before && shared.Upstream.Connections[^1].ByteCount >= bytes.Length, "the bytes at the upstream");
        return shared.Upstream.Connections[^1];
    }

    private async Task ShouldBeClosedAsync(byte[] bytes, string what)
    {
        long before = shared.Upstream.ConnectionCount;
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync(Target);
        Assert.True(tunnel.IsOpen, $"{what}: {tunnel.Response}");
        await tunnel.Connection.SendAsync(bytes);
        string answer = Encoding.Latin1.GetString(await tunnel.Connection.ReadToCloseAsync());
        Assert.True(answer.Length == 0 || answer[0] == 21 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), $"{what}: {answer}");
        Assert.Equal((before, 0), (shared.Upstream.ConnectionCount, shared.EvilServer.ConnectionCount));
    }

    /// <summary>The same handshake message in records of so many bytes each.</summary>
    private static byte[] InRecordsOf(int size, byte[] record) =>
        [.. record[5..].Chunk(size).SelectMany(piece => (byte[])[22, 3, 1, (byte)(piece.Length >> 8), (byte)piece.Length, .. piece])];
}
