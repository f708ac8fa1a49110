// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.Contracts.Admin.V1;
using Cagent.EndToEnd.Tests.Changes;
using Cagent.EndToEnd.Tests.Faults;
using Cagent.Grpc.Client;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;
using Xunit.Abstractions;
using static Cagent.EndToEnd.Tests.Agents.ChangingAgents;

namespace Cagent.EndToEnd.Tests.Agents;

/// <summary>
/// Guarantee: one call over the admin socket stops an agent, known by its address or by a token: its open streams end within 2 s, what it
/// asks is denied, nobody else notices; and it stays stopped over edits of the policy, restarts and crashes, until it is released.
/// </summary>
public sealed class OperatorQuarantineTests(ITestOutputHelper output)
{
    private static readonly TimeSpan StreamsEnd = TimeSpan.FromSeconds(2);

    [EnvoyFact]
    public async Task Quarantine_ByOneCall_EndsAllStreamsOfTheAgentWithin2SecondsAndNoOthers()
    {
        await using ChangingAgents scene = await StartAsync();
        await using LiveStreamSet blue = new([.. (await scene.OpenAsync("blue")).All, await scene.OpenPlainAsync("blue")]);
        await using LiveStreamSet ci = await scene.OpenAsync("ci");
        await using LiveStreamSet green = new([.. (await scene.OpenAsync("green")).All, await scene.OpenPlainAsync("green")]);
        await using LiveStreamSet night = new([.. (await scene.OpenAsync("night")).All, await scene.OpenPlainAsync("night")]);
        using HttpChannel channel = ApiOf(scene);
        QuarantineService.QuarantineServiceClient api = new(channel);

        foreach ((string name, LiveStreamSet streams) in new[] { ("blue", blue), ("ci", ci) })
        {
            long start = TimeProvider.System.GetTimestamp();
            QuarantineAgentResponse response = await api.QuarantineAgentAsync(new QuarantineAgentRequest { Agent = name, Reason = "a test\nwith two lines" });
            output.WriteLine($"the call for {name} took {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0} ms");
            Assert.True(response is { Changed: true, Agent: { ByOperator: true, ByPolicy: false, InPolicy: true, Reason: "a test with two lines" } }, response.ToString());
            Assert.True(response.Effective, "not confirmed");
            (await DeniedAsync(scene, name)).ShouldBe(403, "agent_quarantined");
            await streams.EndAsync(start, StreamsEnd, output);
        }

        await Task.WhenAll(green.LiveOnAsync(60), night.LiveOnAsync(60));
        Assert.Equal(["blue", "ci"], (await api.ListQuarantinedAgentsAsync(new ListQuarantinedAgentsRequest())).Agents.Select(agent => agent.Agent));

        foreach (string name in (string[])["blue", "ci"])
        {
            Assert.True((await api.ReleaseAgentAsync(new ReleaseAgentRequest { Agent = name })) is { Changed: true, Effective: true, QuarantinedByPolicy: false });
            await using LiveStreamSet again = await scene.OpenAsync(name);
            await again.LiveOnAsync();
        }

        await Task.WhenAll(green.LiveOnAsync(), night.LiveOnAsync());
    }

    [EnvoyFact]
    public async Task Quarantine_HoldsOverEditsRestartsAndCrashes_UntilReleased()
    {
        await using ChangingAgents scene = await StartAsync();
        string state = scene.Deployment.Cagent.StateFolder;
        (int code, string errors, string said) = await CommandAsync(state, "ci", "--reason", "odd uploads");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("ci is stopped", said, StringComparison.Ordinal);

        // An edit that says the opposite, and one that adds more.
        scene.Write(("ci", Agent("ci", "quarantined: false")), ("night", null));
        long edited = TimeProvider.System.GetTimestamp();
        await scene.ConnectUntilAsync("night", 407, edited);
        (await DeniedAsync(scene, "ci")).ShouldBe(403, "agent_quarantined");

        foreach (bool isCrash in (bool[])[false, true])
        {
            await scene.RestartAsync(isCrash);
            (await DeniedAsync(scene, "ci")).ShouldBe(403, "agent_quarantined");
            await using LiveStreamSet blue = await scene.OpenAsync("blue");
            await blue.LiveOnAsync();
        }

        (_, _, said) = await CagentCommand.RunAsync(state, "status", "--state", state);
        Assert.Contains("ci: by an operator since", said, StringComparison.Ordinal);
        Assert.Contains("(odd uploads)", said, StringComparison.Ordinal);
        Assert.Equal(0, (await CommandAsync(state, "--release", "ci")).Code);
        await scene.ConnectUntilAsync("ci", 200, TimeProvider.System.GetTimestamp());
        Assert.Contains("nobody is stopped", (await CommandAsync(state, "--list")).Output, StringComparison.Ordinal);

        string[] outcomes = [.. File.ReadLines(Path.Combine(state, "logs", "admin.log")).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(act => $"{act.GetProperty("action")} {act.GetProperty("agent")} {act.GetProperty("outcome")}")];
        Assert.Equal(["quarantine ci done", "release ci done"], outcomes);
    }

    /// <summary>On disk, and then the crash: the streams that an Envoy carries from before end when Cagent is back.</summary>
    [EnvoyFact]
    public async Task Quarantine_CagentCrashesBeforeItIsInForce_EndsTheStreamsAfterTheRestart()
    {
        await using ChangingAgents scene = await StartAsync();
        string state = scene.Deployment.Cagent.StateFolder;
        await Eventually.TrueAsync(() => StatusDocument.Read(state).State == "effective", TimeSpan.FromSeconds(20), "the policy is effective");
        await using LiveStreamSet blue = await scene.OpenAsync("blue");
        await using LiveStreamSet green = await scene.OpenAsync("green");
        long start = 0;

        await scene.RestartAsync(isCrash: true, () =>
        {
            File.WriteAllText(Path.Combine(state, "quarantine.json"), """[{"agent": "blue", "since": "2026-01-01T00:00:00+00:00", "reason": ""}]""");
            start = TimeProvider.System.GetTimestamp();
        });

        (await DeniedAsync(scene, "blue")).ShouldBe(403, "agent_quarantined");
        await blue.EndAsync(start, TimeSpan.FromSeconds(15), output);
        await green.LiveOnAsync();
    }

    [EnvoyFact]
    public async Task Command_OfWhatCannotBe_SaysSoAndChangesNothing()
    {
        await using ChangingAgents scene = await StartAsync();
        string state = scene.Deployment.Cagent.StateFolder;
        (int code, string errors, _) = await CommandAsync(state, "nobody");
        Assert.Equal((1, "cagent: the policy has no agent \"nobody\"; its agents are blue, ci, green, night"), (code, errors));
        Assert.Equal(1, (await CommandAsync(state, "--release", "nobody")).Code);
        Assert.False(File.Exists(Path.Combine(state, "quarantine.json")));

        long none = scene.Write([.. Names.Select(name => (name, (string?)null))]);
        await scene.ConnectUntilAsync("blue", 200, none);
        (code, errors, _) = await CommandAsync(state, "blue");
        Assert.Equal(1, code);
        Assert.Contains("names no agents", errors, StringComparison.Ordinal);
    }

    private static HttpChannel ApiOf(ChangingAgents scene) => HttpChannel.ForUnixSocket(Path.Combine(scene.Deployment.Cagent.StateFolder, "run", "api.sock"));

    private static async Task<Denial> DeniedAsync(ChangingAgents scene, string name) => await scene.ConnectUntilAsync(name, 403, TimeProvider.System.GetTimestamp());

    private static Task<(int Code, string Errors, string Output)> CommandAsync(string state, params string[] arguments) =>
        CagentCommand.RunAsync(state, ["quarantine", "--state", state, .. arguments]);
}
