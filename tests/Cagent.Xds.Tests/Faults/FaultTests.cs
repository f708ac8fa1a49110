// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Grpc.Server;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;
using Cagent.Xds.Nodes;
using Cagent.Xds.Tests.Conformance;
using Cagent.Xds.Tests.Streams;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Cagent.Xds.Tests.Faults;

/// <summary>
/// Clients of all variants behind a network that cuts, delays, resets and loses their connections while states are published.
/// <c>CAGENT_XDS_FAULT_SECONDS</c> makes it longer, <c>CAGENT_FAULT_SEED</c> repeats it.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const int ClientsPerVariant = 3;
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(45);

    private static readonly XdsServerOptions Options = new()
    {
        AckTimeout = TimeSpan.FromSeconds(1),
        RemovalGrace = TimeSpan.FromMilliseconds(20),
    };

    [Fact]
    public async Task Faults_OnceTheyEnd_EveryClientConvergesAndNoStreamIsLeft()
    {
        TimeSpan duration = TimeSpan.FromSeconds(Setting("CAGENT_XDS_FAULT_SECONDS") ?? 12);
        int seed = Setting("CAGENT_FAULT_SEED") ?? Random.Shared.Next(1_000_000_000);
        output.WriteLine($"CAGENT_FAULT_SEED={seed}");
        await using XdsHost host = await XdsHost.StartAsync(Options, FindHangsSoon, LogLevel.Warning);
        using Measurements measurements = new(host.Meters);
        await using FaultyRelay relay = FaultyRelay.Start(host.Port, seed);
        relay.IsFaulty = true;
        RestlessClient[] clients = [.. Variants.All.SelectMany(variant => Enumerable.Range(0, ClientsPerVariant)
            .Select(i => new RestlessClient(relay.Port, Variants.Of(variant), $"{variant}-{i}")))];
        try
        {
            string[] last = await PublishAsync(host, new RandomStates(seed), duration);
            relay.IsFaulty = false;
            host.Server.Publish(Snapshots.Of("final", last));

            await ConvergedAsync(host, measurements, clients, RestlessClient.ContentOf(last));
            output.WriteLine($"{relay.Accepted} connections, {clients.Sum(client => client.Connects)} streams opened, faults: {string.Join(", ", relay.Faults)}");
            Assert.Equal(Enum.GetValues<RelayFault>().Order(), relay.Faults.Keys.Order());
        }
        finally
        {
            foreach (RestlessClient client in clients)
            {
                await client.DisposeAsync();
            }
        }

        await Eventually.TrueAsync(() => host.Server.OpenStreams == 0 && measurements.Sum("cagent.xds.streams") == 0, Recovery, "the end of all streams");
        Assert.Empty(host.Server.Nodes);
    }

    // By pings alone; these are the shortest.
    private static void FindHangsSoon(GrpcServerOptions transport)
    {
        transport.KeepAlivePingDelay = TimeSpan.FromSeconds(1);
        transport.KeepAlivePingTimeout = TimeSpan.FromSeconds(1);
    }

    private async Task<string[]> PublishAsync(XdsHost host, RandomStates states, TimeSpan duration)
    {
        Random random = new();
        long start = TimeProvider.System.GetTimestamp();
        int revision = 0;
        string[] state = [];
        while (TimeProvider.System.GetElapsedTime(start) < duration)
        {
            state = states.Next();
            host.Server.Publish(Snapshots.Of($"r{++revision}", state));
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(5, 60)), TimeProvider.System);
        }

        output.WriteLine($"{revision} revisions");
        return state;
    }

    private async Task ConvergedAsync(XdsHost host, Measurements measurements, RestlessClient[] clients, string content)
    {
        long start = TimeProvider.System.GetTimestamp();
        int streams = clients.Sum(client => client.StreamCount);
        try
        {
            await Eventually.TrueAsync(() => Array.TrueForAll(clients, client => client.Content == content), Recovery, "every client holds the final state");
            output.WriteLine($"all clients converged after {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0} ms");

            // Neither more, which would be dead ones, nor fewer, and each has accepted everything.
            await Eventually.TrueAsync(
                () => host.Server.OpenStreams == streams && measurements.Sum("cagent.xds.streams") == streams
                    && host.Server.Nodes is var nodes && nodes.Length == streams && nodes.All(HasFinal),
                Recovery, "as many streams as the clients have, all up to date");
            output.WriteLine($"no dead stream after {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:0} ms");
        }
        catch (TimeoutException e)
        {
            string behind = string.Join('\n', clients.Where(client => client.Content != content).Select(client => $"{client.Node}: {Short(client.Content)}"));
            string nodes = string.Join('\n', host.Server.Nodes.Where(node => !HasFinal(node)).Select(node => $"{node.Node.Id} {node.Variant}: {string.Join(", ", node.Types)}"));
            throw new TimeoutException($"{e.Message}; {host.Server.OpenStreams} streams of {streams}; wanted {Short(content)}\n{behind}\n{nodes}", e);
        }
    }

    private static bool HasFinal(NodeStatus node) =>
        node.Types.All(type => type is { AckedRevision: "final", UnansweredResponses: 0, HasRejected: false });

    private static string Short(string content) => content.Replace(new string('x', 20_000), "…", StringComparison.Ordinal);

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
}
