// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Cagent.EndToEnd.Tests.Changes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Interception;

/// <summary>
/// Guarantee (G14): an agent that asks for thousands of names under a wildcard it may use fills neither the control plane nor Envoy: the
/// leaf asked for longest ago makes room in both, and the others are served as before.
/// </summary>
public sealed class WildcardMintingTests(QuietLeafDeployment shared) : IClassFixture<QuietLeafDeployment>
{
    // LeafOptions.Capacity; agents cannot see it.
    private const int Capacity = 4096;
    private const int Beyond = 500;
    private const int AtOnce = 8;

    // What Envoy has asked for and was not yet told to drop.
    private const int OnTheWay = 64;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private Deployment Deployment => shared.Deployment;

    [EnvoyFact]
    public async Task Attack_G14_ThousandsOfNamesUnderAWildcard_StayBounded()
    {
        using EnvoyAdmin admin = new(Deployment.Cagent.StateFolder);
        await HandshakeAsync("first");
        await HandshakeManyAsync(0, Capacity);
        Assert.InRange(await SecretsAsync(admin), Capacity - OnTheWay, Capacity + OnTheWay);
        long controlBefore = ControlMemory();

        await HandshakeManyAsync(Capacity, Beyond);

        await Eventually.TrueAsync(async () => await SecretsAsync(admin) <= Capacity + OnTheWay, Limit, "Envoy drops what was pushed out");
        Assert.InRange(await SecretsAsync(admin), Capacity - OnTheWay, Capacity + OnTheWay);
        // Envoy's heap moves by more than 500 names hold, so what is bounded is counted.
        Assert.InRange(ControlMemory() - controlBefore, long.MinValue, 64);
        // A name that was pushed out is made anew, and the neighbour is served.
        await HandshakeAsync("first");
        Assert.Equal(200, await shared.GetAsync());
    }

    [EnvoyFact]
    public async Task Attack_G14_ThousandsOfSpellingsOfOneName_AreRefusedAndNotKept()
    {
        using EnvoyAdmin admin = new(Deployment.Cagent.StateFolder);
        await HandshakeAsync("spelling");
        int before = await SecretsAsync(admin);
        await ForManyAsync(0, 1000, async number =>
        {
            string spelling = string.Concat($"spelling.{LeafDeployment.Wildcard}".Select((one, at) => (number >> (at % 10) & 1) == 1 ? char.ToUpperInvariant(one) : one));
            await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"spelling.{LeafDeployment.Wildcard}:443");
            await tunnel.Connection.SendAsync(new ClientHello { ServerNames = [number == 0 ? "SPELLING." + LeafDeployment.Wildcard : spelling] }.ToBytes());
            byte[] answer = await tunnel.Connection.ReadToCloseAsync();
            Assert.False(answer.Length > 0 && answer[0] == 22, "there is a ServerHello");
        });
        await Eventually.TrueAsync(async () => await SecretsAsync(admin) <= before, Limit, "no secret is left of a refused spelling");
    }

    // As far as the certificate: the rest would be the client's own work.
    private Task HandshakeManyAsync(int first, int count) => ForManyAsync(first, count, async number =>
    {
        string host = string.Create(CultureInfo.InvariantCulture, $"n{number}.{LeafDeployment.Wildcard}");
        await using RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{host}:443");
        await tunnel.Connection.SendAsync(new ClientHello { ServerNames = [host] }.ToBytes());
        Assert.Equal(22, (await tunnel.Connection.ReadBytesAsync(1))[0]);
    });

    private static Task ForManyAsync(int first, int count, Func<int, Task> act) => Parallel.ForAsync(
        first, first + count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) => await act(number));

    private async Task HandshakeAsync(string label)
    {
        string host = $"{label}.{LeafDeployment.Wildcard}";
        await using RawConnection connection = await Deployment.OpenAsync(host, 443);
        Assert.True(connection.RemoteCertificate!.MatchesHostname(host), "the certificate is another name's");
    }

    private long ControlMemory() => Footprint.Of(Deployment).CagentMiB;

    /// <summary>Secrets that Envoy holds or waits for.</summary>
    private static async Task<int> SecretsAsync(EnvoyAdmin admin)
    {
        int count = 0;
        foreach (string section in (string[])["dynamic_active_secrets", "dynamic_warming_secrets"])
        {
            using JsonDocument dump = JsonDocument.Parse(await admin.GetAsync($"config_dump?resource={section}&mask=name"));
            count += dump.RootElement.TryGetProperty("configs", out JsonElement configs) ? configs.GetArrayLength() : 0;
        }

        return count;
    }
}
