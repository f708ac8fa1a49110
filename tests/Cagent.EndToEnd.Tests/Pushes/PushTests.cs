// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Cagent.TestKit.Processes;
using Xunit.Abstractions;

namespace Cagent.EndToEnd.Tests.Pushes;

/// <summary>
/// Guarantee: while policies are replaced, Envoy's routes and ext_authz never disagree harmfully. Each request that arrives at an upstream was
/// allowed, as it arrived and with the credential that it carried, by one of the policies that were in force or being put in force while it lived.
/// What no single one of them allows, no mixture of them does.
/// </summary>
public sealed class PushTests(ITestOutputHelper output)
{
    private const int MaxShown = 20;

    /// <summary>
    /// <c>CAGENT_PUSHES=1000</c> is the long run. Two so far (seeds 256578, 137688) had 1 and 2 arrivals of 43,974 and 48,320 that no policy of their
    /// time explains, but an older one does, some 100 ms after the next was seen to be effective. Whether the product or the history of this test
    /// was late is not known yet.
    /// </summary>
    private static readonly int Pushes = Number("CAGENT_PUSHES") ?? 25;

    /// <summary>Another one in each run, shown with what it found; <c>CAGENT_PUSH_SEED</c> repeats the policies and the requests, not their order in time.</summary>
    private static readonly int Seed = Number("CAGENT_PUSH_SEED") ?? Random.Shared.Next(1_000_000);

    private static readonly TimeSpan PushLimit = TimeSpan.FromSeconds(60);

    private readonly HashSet<string> _published = new(StringComparer.Ordinal);

    [EnvoyFact]
    public async Task Pushes_UnderFullLoad_LetNothingThroughThatNoPolicyAllows()
    {
        await using PushDeployment site = new();
        await site.AddUpstreamsAsync();
        PolicyGenerator policies = new(new Random(Seed), site);
        PushHistory history = new();
        PushedPolicy first = policies.Next();
        history.Written(first);
        await site.StartAsync(first.Text);
        await AwaitEffectiveAsync(site, await NextRevisionAsync(site));
        history.Effective();
        using CancellationTokenSource stop = new();
        PushLoad load = new(site, history, Seed, stop.Token);
        Task running = load.RunAsync();
        long start = TimeProvider.System.GetTimestamp();
        await PushAsync(site, policies, history);
        TimeSpan took = TimeProvider.System.GetElapsedTime(start);
        await stop.CancelAsync();
        await running;

        Judge(load, history, [.. site.Arrivals], took);
    }

    /// <summary>As fast as they are taken: every second one is waited for until it is in force, the others only until they are on their way.</summary>
    private async Task PushAsync(PushDeployment site, PolicyGenerator policies, PushHistory history)
    {
        Random random = new(Seed + 1);
        for (int i = 1; i <= Pushes; i++)
        {
            PushedPolicy next = policies.Next();
            history.Written(next);
            site.Deployment.Cagent.WritePolicy(next.Text);
            string revision = await NextRevisionAsync(site);
            if (random.Next(2) == 0 || i == Pushes)
            {
                await AwaitEffectiveAsync(site, revision);
                history.Effective();
            }
        }
    }

    /// <summary>Waits until a revision is on its way that was not before; its name in the log.</summary>
    private async Task<string> NextRevisionAsync(PushDeployment site)
    {
        string? revision = null;
        await site.Deployment.Cagent.WaitForLineAsync(line => (revision = PublishedIn(line)) is not null && _published.Add(revision), PushLimit);
        return revision!;
    }

    private static async Task AwaitEffectiveAsync(PushDeployment site, string revision) =>
        await site.Deployment.Cagent.WaitForLineAsync(line => line.Contains($"revision {revision} is effective", StringComparison.Ordinal), PushLimit);

    private static string? PublishedIn(string line)
    {
        int at = line.IndexOf("revision ", StringComparison.Ordinal);
        string[] words = at < 0 ? [] : line[at..].Split(' ', 3);
        return words.Length == 3 && words[2].StartsWith("published", StringComparison.Ordinal) ? words[1] : null;
    }

    private void Judge(PushLoad load, PushHistory history, ImmutableArray<Arrival> arrivals, TimeSpan took)
    {
        List<string> violations = [];
        Dictionary<Way, int> seen = [];
        int mixed = 0;
        int withCredential = 0;
        foreach (Arrival arrival in arrivals)
        {
            Sent sent = load.Sent[arrival.Id];
            ImmutableArray<(int Number, PushedPolicy Policy)> candidates = history.Between(sent.Began, arrival.At);
            seen[sent.Way] = seen.GetValueOrDefault(sent.Way) + 1;
            mixed += candidates.Length > 1 ? 1 : 0;
            withCredential += arrival.Authorization is null ? 0 : 1;
            if (!candidates.Any(candidate => candidate.Policy.Explains(sent, arrival)))
            {
                violations.Add($"{sent.Client} {sent.Way} {sent.Method} {sent.Url} arrived at {arrival.Host} with {CredentialOf(arrival)}, {Ms(arrival.At - sent.Began)} ms after it began\n"
                    + string.Concat(candidates.Select(candidate => $"    policy {candidate.Number}: {candidate.Policy.Describe(sent)}\n"))
                    + "    " + (candidates[0].Number > 0 ? history.OlderThat(candidates[0].Number, policy => policy.Explains(sent, arrival), sent.Began) : "") + "\n");
            }
        }

        string ways = string.Join(", ", seen.Select(way => $"{way.Key} {way.Value}"));
        ImmutableArray<long> waits = history.Waits;
        string figures = string.Create(CultureInfo.InvariantCulture,
            $"seed {Seed}: {Pushes} pushes in {took.TotalSeconds:F1} s, {load.Sent.Count} requests, {arrivals.Length} arrived ({ways}), {withCredential} with a credential, {mixed} while policies changed; effective {waits[waits.Length / 2]} ms (median) to {waits[^1]} ms after the write");
        output.WriteLine(figures);
        Assert.True(violations.Count == 0, $"{figures}\n{violations.Count} violations:\n{string.Join('\n', violations.Take(MaxShown))}");
        // Not for want of trying.
        Assert.All(Enum.GetValues<Way>(), way => Assert.True(seen.GetValueOrDefault(way) >= Pushes / 10, figures));
        Assert.True(mixed >= Pushes && withCredential >= Pushes, figures);
    }

    private static string CredentialOf(Arrival arrival) => arrival.Authorization is null ? "no credential"
        : "the secret " + ((string[])["A", "B", "C"]).FirstOrDefault(letter => arrival.Authorization.Contains(PushDeployment.SecretOf(letter), StringComparison.Ordinal), "of nobody");

    private static long Ms(long ticks) => ticks * 1000 / TimeProvider.System.TimestampFrequency;

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
}
