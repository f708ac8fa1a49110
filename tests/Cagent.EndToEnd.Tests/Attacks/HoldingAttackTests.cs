// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>Row E6 of the attacks: an agent that opens connections and does not go on with them. Each ends in its time, and there are only so many.</summary>
public sealed class HoldingAttackTests(ResourceDeployment scene) : IClassFixture<ResourceDeployment>
{
    private const int MostConnections = 4096; // of one agent that is known by its address
    private const int TooMany = 50;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [EnvoyFact]
    public async Task Attack_E6_ConnectionsThatNeverGoOn_EndInTheirTime()
    {
        Task<TimeSpan>[] ends =
        [
            EndAsync(5, OpenTunnelAsync, ""),
            EndAsync(5, OpenTunnelAsync, Hello()[..40]),
            // A whole ClientHello, and then no Finished: the leaf is there, so it is the client who is slow.
            EndAsync(10, OpenTunnelAsync, Hello()),
            EndAsync(10, () => new RawProxy(scene.Attacker).DialAsync(), $"CONNECT {scene.Target} HTTP/1.1\r\nhost: "),
            EndAsync(10, () => scene.AttackAsync(), "GET / HTTP/1.1\r\nhost: "),
        ];
        await scene.ShouldServeTheOtherAgentAsync();
        await Task.WhenAll(ends);
        await scene.ShouldBeUnharmedAsync();
    }

    [EnvoyFact]
    public async Task Attack_E6_ConnectionsOfOneAgent_AreBounded_AndThoseThatAreOpenGoOn()
    {
        await using RawConnection tunnel = await scene.AttackAsync();
        RawConnection[] held = [];
        try
        {
            held = await Task.WhenAll(Enumerable.Range(0, MostConnections + TooMany).Select(_ => new RawProxy(scene.Attacker).DialAsync()));
            await Eventually.TrueAsync(async () => await scene.CountAsync("connection_limit.agent.limited_connections") >= TooMany, Limit, "the limit");

            await using RawConnection refused = await new RawProxy(scene.Attacker).DialAsync();
            Assert.Empty(await refused.ReadToCloseAsync());

            // The connections of the other agent count too: at most a few.
            Assert.InRange(await scene.CountAsync("connection_limit.agent.active_connections"), MostConnections, MostConnections + 8);
            await tunnel.SendAsync($"GET /status/200 HTTP/1.1\r\nhost: {scene.Target}\r\n\r\n");
            Assert.Equal(200, (await tunnel.ReadResponseAsync()).Status);
            await scene.ShouldServeTheOtherAgentAsync();
        }
        finally
        {
            foreach (RawConnection connection in held)
            {
                connection.Reset();
            }
        }

        await Eventually.TrueAsync(async () => await scene.CountAsync("connection_limit.agent.active_connections") < 100, Limit, "the end of what was held");
        await scene.ShouldBeUnharmedAsync();
    }

    /// <summary>What the tests above cannot wait for, as Envoy itself holds it.</summary>
    [EnvoyFact]
    public async Task Attack_E6_Envoy_HoldsTheBoundsThatTheCompilerWrote()
    {
        using EnvoyAdmin admin = new(scene.Deployment.Cagent.StateFolder);
        using JsonDocument dump = JsonDocument.Parse(await admin.GetAsync("config_dump?resource=dynamic_listeners"));
        JsonElement[] listeners = [.. dump.RootElement.GetProperty("configs").EnumerateArray().Select(config => config.GetProperty("active_state").GetProperty("listener"))];
        Assert.Equal(["bump", "dial", "fwd", "gate", "splice"], listeners.Select(listener => listener.GetProperty("name").GetString()).Order());
        Assert.Single(listeners, listener => listener.TryGetProperty("address", out _)); // no door but the proxy's
        Assert.All(
            listeners.Where(listener => listener.TryGetProperty("listener_filters", out _)),
            listener => Assert.Equal("5s", listener.GetProperty("listener_filters_timeout").GetString()));

        JsonElement[] managers = [.. Managers(dump.RootElement).Where(manager => manager.GetProperty("stat_prefix").GetString() != "cut")];
        Assert.Equal(4, managers.Length); // two agents' chains, bump and dial
        foreach (JsonElement manager in managers)
        {
            Assert.Equal(("10s", "300s"), (manager.GetProperty("request_headers_timeout").GetString(), manager.GetProperty("stream_idle_timeout").GetString()));
            Assert.Equal("600s", manager.GetProperty("common_http_protocol_options").GetProperty("idle_timeout").GetString());
        }

        foreach (string socket in (string[])["admin.sock", "cut.sock"])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(scene.Deployment.Cagent.StateFolder, "run", socket)));
        }
    }

    private static string Hello() => Encoding.Latin1.GetString(new ClientHello { ServerNames = [ResourceDeployment.Host] }.ToBytes());

    private async Task<RawConnection> OpenTunnelAsync() => (await new RawProxy(scene.Attacker).ConnectAsync(scene.Target)).Connection;

    // Sends, then nothing more. The time is the proxy's own; a busy machine adds to it and never takes away.
    private static async Task<TimeSpan> EndAsync(int seconds, Func<Task<RawConnection>> openAsync, string bytes)
    {
        await using RawConnection connection = await openAsync();
        connection.Timeout = Limit;
        long start = Stopwatch.GetTimestamp();
        await connection.SendAsync(bytes);
        await connection.ReadToCloseAsync();
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        Assert.InRange(taken, TimeSpan.FromSeconds(seconds - 1), TimeSpan.FromSeconds(seconds + 20));
        return taken;
    }

    private static IEnumerable<JsonElement> Managers(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object when element.TryGetProperty("@type", out JsonElement type) && type.GetString()!.EndsWith(".HttpConnectionManager", StringComparison.Ordinal) => [element],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Managers(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Managers),
        _ => [],
    };
}
