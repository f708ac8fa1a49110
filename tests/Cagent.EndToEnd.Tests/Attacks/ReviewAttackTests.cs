// SPDX-License-Identifier: Apache-2.0
using System.Security.Authentication;
using Cagent.EndToEnd.Tests.Changes;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Xunit.Abstractions;

namespace Cagent.EndToEnd.Tests.Attacks;

/// <summary>What a reviewer found open: a change of policy that Envoy takes long to follow, and an agent that uses the time.</summary>
public sealed class ReviewAttackTests(ITestOutputHelper output)
{
    // Envoy takes several seconds for so many new names, and the cut of the changed one does not wait that long.
    private const int NewNames = 3000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TunnelsEnd = TimeSpan.FromSeconds(10);

    /// <summary>The new decisions allow the tunnel, to be inspected; Envoy's old route would pass it through, to a path that is denied now.</summary>
    [EnvoyFact]
    public async Task Attack_G8_PassthroughThatBecomesInspected_WhileEnvoyIsBehind()
    {
        await using ChangingScene scene = await ChangingScene.StartAsync();
        int port = scene.GonePinnedServer.Port;
        List<LiveStream> unseen = [];
        try
        {
            long changed = scene.Policy.Write([(ChangingScene.GonePinned, Deployment.Entry(ChangingScene.GonePinned, port, "deny: [\"* /secret/**\"]")), .. Names()]);
            while (await OpenAsync(scene.Deployment, port) is var (stream, isInspected) && !isInspected)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(changed) < Limit, "never inspected");
                if (stream is not null)
                {
                    unseen.Add(stream);
                }
            }

            output.WriteLine($"inspected after {TimeProvider.System.GetElapsedTime(changed).TotalMilliseconds:0} ms, {unseen.Count} tunnels passed through until then");
            await Eventually.TrueAsync(() => unseen.TrueForAll(stream => stream.EndedAt is not null), TunnelsEnd, "the end of every tunnel that was passed through");
        }
        finally
        {
            foreach (LiveStream stream in unseen)
            {
                await stream.DisposeAsync();
            }
        }
    }

    /// <summary>The entry may not reach its address any more; until Envoy knows, a WebSocket still opens there, behind the cut of those from before.</summary>
    [EnvoyFact]
    public async Task Attack_G8_AddressThatIsClosed_WhileEnvoyIsBehind()
    {
        await using ChangingScene scene = await ChangingScene.StartAsync();
        List<LiveStream> opened = [];
        try
        {
            long changed = scene.Policy.Write([(ChangingScene.Gone, $"  - {{domain: {ChangingScene.Gone}, port: {scene.GoneServer.Port}, websocket: true}}\n"), .. Names()]);
            using ProxyHttp http = scene.Deployment.Http();
            while (await Probe.StatusAsync(http, $"https://{ChangingScene.Gone}:{scene.GoneServer.Port}/") != 403)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(changed) < Limit, "never closed");
                try
                {
                    opened.Add(await LiveStreams.WebSocketAsync(scene.Deployment, ChangingScene.Gone, scene.GoneServer.Port));
                }
                catch (System.Net.WebSockets.WebSocketException)
                {
                    // Refused, or cut while it opened.
                }
            }

            output.WriteLine($"closed after {TimeProvider.System.GetElapsedTime(changed).TotalMilliseconds:0} ms, {opened.Count} WebSockets until then");
            await Eventually.TrueAsync(() => opened.TrueForAll(stream => stream.EndedAt is not null), 3 * TunnelsEnd, "the end of every WebSocket to the address");
        }
        finally
        {
            foreach (LiveStream stream in opened)
            {
                await stream.DisposeAsync();
            }
        }
    }

    private static IEnumerable<(string Host, string? Entry)> Names() =>
        Enumerable.Range(0, NewNames).Select(number => ($"new{number}.example.com", (string?)Deployment.Entry($"new{number}.example.com", 443)));

    /// <summary>A tunnel, and whether the proxy answered its handshake; null when none opened.</summary>
    private static async Task<(LiveStream? Stream, bool IsInspected)> OpenAsync(Deployment deployment, int port)
    {
        try
        {
            RawConnection connection = await deployment.OpenAsync(ChangingScene.GonePinned, port);
            if (connection.RemoteCertificate!.Subject.Contains("Cagent", StringComparison.Ordinal))
            {
                await connection.DisposeAsync();
                return (null, true);
            }

            connection.Timeout = Limit;
            return (LiveStream.Start("a tunnel that passes through", async stop => (await connection.ReadBytesAsync(1, stop)).Length > 0, connection.DisposeAsync), false);
        }
        catch (Exception e) when (e is ProxyRefusedException or IOException or AuthenticationException)
        {
            return (null, false);
        }
    }
}
