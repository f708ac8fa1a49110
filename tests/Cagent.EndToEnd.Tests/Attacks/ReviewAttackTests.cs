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
    private const int Kept = 10;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TunnelsEnd = TimeSpan.FromSeconds(10);

    /// <summary>The new decisions allow the tunnel, to be inspected; Envoy's old route would pass it through, to a path that is denied now.</summary>
    [EnvoyFact]
    public async Task Attack_G8_PassthroughThatBecomesInspected_WhileEnvoyIsBehind()
    {
        await using ChangingScene scene = await ChangingScene.StartAsync();
        int port = scene.GonePinnedServer.Port;
        List<LiveStream> unseen = [];
        int opened = 0;
        try
        {
            long changed = scene.Policy.Write([(ChangingScene.GonePinned, Deployment.Entry(ChangingScene.GonePinned, port, "deny: [\"* /secret/**\"]")), .. Names()]);
            while (await OpenAsync(scene.Deployment, port) is var (stream, isInspected) && !isInspected)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(changed) < Limit, $"never inspected; {opened} tunnels passed through, {unseen.Count(one => one.EndedAt is null)} live");
                opened += stream is null ? 0 : 1;
                await KeepAsync(unseen, stream);
            }

            output.WriteLine($"inspected after {TimeProvider.System.GetElapsedTime(changed).TotalMilliseconds:0} ms, {opened} tunnels passed through until then");
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

    // The last few that live: those from before the change are cut.
    private static async Task KeepAsync(List<LiveStream> streams, LiveStream? stream)
    {
        LiveStream? gone = streams.Find(one => one.EndedAt is not null) ?? (streams.Count > Kept ? streams[0] : null);
        if (gone is not null)
        {
            streams.Remove(gone);
            await gone.DisposeAsync();
        }

        if (stream is not null)
        {
            streams.Add(stream);
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
