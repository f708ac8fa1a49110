// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;
using Xunit.Abstractions;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>
/// 50 edits of the policy under load: no request fails, no permitted stream ends, no listener drains, nothing is left over,
/// and the time from file write to effect is measured.
/// </summary>
public sealed class HotPolicyChangeTests(ITestOutputHelper output)
{
    private const int Edits = 50;
    private const int Rate = 500;
    private const long DownloadLength = 1_000_000_000;
    private const string Steady = "steady.example.com";
    private const string Pinned = "pinned.example.com";
    private const string Listeners = @"^listener_manager\.(listener_added|listener_modified|listener_removed|listener_in_place_updated|total_listeners_draining|total_filter_chains_draining)$";

    [EnvoyFact]
    public async Task WritePolicy_FiftyTimesUnderLoad_DisturbsNothing()
    {
        await using Deployment deployment = new();
        Upstream steady = await deployment.Internet.AddHttpsAsync(Steady);
        TlsEcho pinned = deployment.Internet.AddTlsEcho(Pinned, TimeSpan.FromMilliseconds(50));
        string[] names = [.. Enumerable.Range(0, (Edits / 3) + 1).Select(number => $"d{number}.example.com")];
        Upstream others = await deployment.Internet.AddHttpsAsync(names[0], certificateNames: names);
        Array.ForEach(names, name => deployment.Internet.Dns.Set(name, others.EndPoint.Address));
        ChangingPolicy policy = new(deployment, ImmutableSortedDictionary.CreateRange(
        [
            KeyValuePair.Create(Steady, Deployment.Entry(Steady, steady, "websocket: true")),
            KeyValuePair.Create(Pinned, Deployment.Entry(Pinned, pinned.Port, "tls: {mode: passthrough}")),
        ]));
        await deployment.StartAsync(policy.Text);

        StrongBox<bool> hurry = new(false);
        await using LiveStream socket = await LiveStreams.WebSocketAsync(deployment, Steady, steady.Port);
        await using LiveStream events = await LiveStreams.EventsAsync(deployment, Steady, steady.Port);
        await using LiveStream tunnel = await LiveStreams.TunnelAsync(deployment, Pinned, pinned.Port);
        await using LiveStream download = await LiveStreams.DownloadAsync(deployment, Steady, steady.Port, DownloadLength, hurry);
        await using KeepAliveLoad load = KeepAliveLoad.Start(deployment.Proxy, new LoadOptions
        {
            Address = new Uri($"https://{Steady}:{steady.Port}/"),
            Connections = 8,
            Rate = Rate,
            Http = new ProxyHttpOptions { Trust = deployment.Trust },
        });
        await load.WaitForRequestsAsync(Rate, TimeSpan.FromSeconds(30));
        using EnvoyAdmin envoy = new(deployment.Cagent.StateFolder);
        ImmutableSortedDictionary<string, long> listeners = await envoy.StatsAsync(Listeners);
        Footprint before = Footprint.Of(deployment);

        EditTimes times = await EditAsync(deployment, policy, names, others.Port);

        Assert.True(download.EndedAt is null, $"{download.Name} did not outlast the edits: {download.End}");
        await load.WaitForRequestsAsync(Rate, TimeSpan.FromSeconds(30));
        LoadReport report = await load.StopAsync();
        await Task.WhenAll(socket.WaitForBeatsAsync(20), events.WaitForBeatsAsync(20), tunnel.WaitForBeatsAsync(20));
        hurry.Value = true;
        await download.WaitForEndAsync(0);
        Report(times, report, before, Footprint.Of(deployment));

        Assert.Equal(0, report.Failed);
        Assert.Equal(8, report.Connections);
        Assert.Equal("closed in order", download.End);
        Assert.Equal(listeners, await envoy.StatsAsync(Listeners));
        Assert.All(await envoy.StatsAsync(@"\.downstream_cx_drain_close$"), counter => Assert.Equal(0, counter.Value));
        await NothingIsLeftAsync(envoy, names);
        Assert.True(Footprint.Of(deployment).Descriptors - before.Descriptors < 40, $"descriptors: {before} before, {Footprint.Of(deployment)} after");
    }

    /// <summary>Adds a domain, changes it, removes it, and so on; every third one is passed through. All others stay as they are.</summary>
    private static async Task<EditTimes> EditAsync(Deployment deployment, ChangingPolicy policy, string[] names, int port)
    {
        EditTimes times = new();
        ProxyHttp? http = null;
        for (int edit = 0; edit < Edits; edit++)
        {
            string name = names[edit / 3];
            bool isPinned = edit / 3 % 3 == 2;
            string more = isPinned ? "tls: {mode: passthrough}" : "allow: [\"GET /a\"]";
            switch (edit % 3)
            {
                case 0:
                    long added = policy.Write((name, Deployment.Entry(name, port, more)));
                    http?.Dispose();
                    http = deployment.Http();
                    times.Note(times.Added, await Probe.GetAsync(http, $"https://{name}:{port}/a", 200, added));
                    break;
                case 1:
                    // What was passed through is inspected from now on, so that a path can be denied; the rest gets one path more.
                    long changed = policy.Write((name, Deployment.Entry(name, port, isPinned ? "allow: [\"GET /a\"]" : "allow: [\"GET /a\", \"GET /b\"]")));
                    times.Note(times.Changed, isPinned
                        ? await Probe.NewGetAsync(deployment, $"https://{name}:{port}/b", 403, changed)
                        : await Probe.GetAsync(http!, $"https://{name}:{port}/b", 200, changed));
                    break;
                default:
                    long removed = policy.Write((name, null));
                    times.Note(times.Removed, await Probe.ConnectAsync(deployment, name, port, 403, removed));
                    break;
            }
        }

        http?.Dispose();
        return times;
    }

    private static async Task NothingIsLeftAsync(EnvoyAdmin envoy, string[] names)
    {
        // The last edits left one domain; the clusters of the others go after the grace.
        string[] removed = names[..(Edits / 3)];
        await Eventually.TrueAsync(
            async () => !(await envoy.ClusterNamesAsync()).Any(cluster => Array.Exists(removed, name => cluster.Contains($"@{name}:", StringComparison.Ordinal))),
            TimeSpan.FromSeconds(30), "no cluster of a removed domain");
        Assert.Equal(0, (await envoy.StatsAsync(@"^cluster_manager\.warming_clusters$"))["cluster_manager.warming_clusters"]);
    }

    private void Report(EditTimes times, LoadReport load, Footprint before, Footprint after)
    {
        string line = times.All.Line("policy change: file write to effect");
        Durations.Keep("policy-change", line);
        foreach (string text in (string[])[line, times.Added.Line("  added:"), times.Changed.Line("  changed:"), times.Removed.Line("  removed:"), $"load: {load}", $"before: {before}", $"after: {after}"])
        {
            output.WriteLine(text);
        }
    }

    private sealed class EditTimes
    {
        public Durations All { get; } = new();

        public Durations Added { get; } = new();

        public Durations Changed { get; } = new();

        public Durations Removed { get; } = new();

        public void Note(Durations kind, TimeSpan duration)
        {
            All.Add(duration);
            kind.Add(duration);
        }
    }
}
