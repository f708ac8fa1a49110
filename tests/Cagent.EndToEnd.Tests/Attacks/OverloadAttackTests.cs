// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>
/// Row E6 of the attacks: all agents together have used up Envoy's connections. The bootstrap is the one that <c>cagent up</c> writes, with a small
/// number in the place of the large one.
/// </summary>
public sealed class OverloadAttackTests : IDisposable
{
    private const string Host = "api.example.com";
    private const int MostConnections = 20;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [EnvoyFact]
    public async Task Attack_E6_TooManyConnections_AreRefused_ThoseOpenGoOn_AndTunnelsCanStillBeEnded()
    {
        await using Deployment deployment = new();
        Upstream upstream = await deployment.Internet.AddHttpsAsync(Host);
        string policy = deployment.Head + "domains:\n" + Deployment.Entry(Host, upstream);
        await deployment.StartAsync(policy, new CagentOptions { Policy = policy, Envoy = WriteSmallEnvoy(), StartTimeout = TimeSpan.FromSeconds(90) });
        await using RawConnection tunnel = await deployment.OpenAsync(Host, upstream.Port);
        List<RawConnection> held = [];
        try
        {
            for (int i = 0; i < MostConnections + 5; i++)
            {
                held.Add(await deployment.Raw.DialAsync());
            }

            // Past the limit there is no answer but the end; before it, silence.
            Assert.All(await Task.WhenAll(held[^5..].Select(connection => connection.ReadToCloseAsync())), Assert.Empty);
            await tunnel.SendAsync($"GET /status/200 HTTP/1.1\r\nhost: {Host}:{upstream.Port}\r\n\r\n");
            Assert.Equal(200, (await tunnel.ReadResponseAsync()).Status);

            using EnvoyAdmin admin = new(deployment.Cagent.StateFolder);
            var stats = await admin.StatsAsync(@"^overload\.|downstream_global_cx_overflow|^server\.live$");
            Assert.Contains(stats, stat => stat.Key.EndsWith("downstream_global_cx_overflow", StringComparison.Ordinal) && stat.Value >= 5);
            foreach (string action in (string[])["reset_high_memory_stream", "shrink_heap", "disable_http_keepalive", "stop_accepting_requests", "stop_accepting_connections"])
            {
                Assert.Equal(0, stats[$"overload.envoy.overload_actions.{action}.active"]);
            }

            Assert.InRange(stats["overload.envoy.resource_monitors.fixed_heap.pressure"], 0, 50);

            // The operator's way to end tunnels does not count agents' connections.
            deployment.Cagent.WritePolicy(deployment.Head);
            await tunnel.ReadToCloseAsync();
        }
        finally
        {
            foreach (RawConnection connection in held)
            {
                connection.Reset();
            }
        }

        deployment.Cagent.WritePolicy(policy);
        await Eventually.TrueAsync(async () => await ServesAsync(deployment, upstream), Eventually.Patience, "the policy that was written back");
    }

    private static async Task<bool> ServesAsync(Deployment deployment, Upstream upstream)
    {
        using ProxyHttp http = deployment.Http();
        try
        {
            using HttpResponseMessage response = await http.Client.GetAsync($"https://{Host}:{upstream.Port}/status/200");
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string WriteSmallEnvoy()
    {
        string path = _folder.Combine("envoy");
        File.WriteAllText(path, $"""
            #!/bin/sh
            if [ "$1" = --version ]; then exec '{EnvoyBinary.Require()}' --version; fi
            [ "$1" = -c ] || exit 9
            sed 's/"max_active_downstream_connections": "[0-9]*"/"max_active_downstream_connections": "{MostConnections}"/' "$2" > '{path}.json'
            grep -q '"{MostConnections}"' '{path}.json' || exit 8
            shift 2
            exec '{EnvoyBinary.Require()}' -c '{path}.json' "$@"

            """);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
