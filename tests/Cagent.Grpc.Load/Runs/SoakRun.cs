// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Sockets;
using Cagent.Grpc.Load.Http2;
using Cagent.Grpc.Load.Servers;
using Cagent.LoadClient;

namespace Cagent.Grpc.Load.Runs;

/// <summary>
/// Holds many streams for long, pushes all the time, replaces streams all the time, leaves some clients unread, and watches
/// the peer's memory. Fails when a subscription fails, or when resident memory or live heap grows by more than a twentieth
/// between the second and the last third. Each report collects the peer's garbage, so that growth is a leak.
/// </summary>
internal static class SoakRun
{
    private static readonly TimeSpan s_pushEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_reportEvery = TimeSpan.FromSeconds(10);
    private const int ReplacedPerPush = 20;

    public static async Task<int> RunAsync(Peer peer, SoakOptions options)
    {
        TimeProvider time = TimeProvider.System;
        using ControlClient control = new(peer.Address);
        SoakTally tally = new();
        Queue<LoadConnection> connections = [];
        List<Socket> stalled = [.. Enumerable.Range(0, options.Stalled).Select(_ => StalledClient.Open(peer.Address))];
        List<double> memory = [];
        List<double> heaps = [];
        long started = time.GetTimestamp();
        long reported = started;
        Console.WriteLine("| s | RSS MiB | heap MiB | streams opened | messages | failures |\n|---|---|---|---|---|---|");
        while (time.GetElapsedTime(started) < options.Duration)
        {
            for (int i = connections.Count; i > options.Streams - ReplacedPerPush; i--)
            {
                connections.Dequeue().Dispose();
            }

            while (connections.Count < options.Streams)
            {
                connections.Enqueue(await OpenAsync(peer, options, tally));
            }

            await control.PushAsync(options.Size);
            if (time.GetElapsedTime(reported) >= s_reportEvery)
            {
                reported = time.GetTimestamp();
                memory.Add(peer.ResidentMiB());
                (_, long heap) = await control.StatsAsync();
                heaps.Add(heap / 1048576.0);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {time.GetElapsedTime(started).TotalSeconds:0} | {memory[^1]:0.0} | {heaps[^1]:0.0} | {tally.Opened} | {tally.Messages} | {tally.Failures} |"));
            }

            await Task.Delay(s_pushEvery, time);
        }

        stalled.ForEach(socket => socket.Dispose());
        foreach (LoadConnection connection in connections)
        {
            connection.Dispose();
        }

        return Judge(memory, heaps, tally);
    }

    private static async Task<LoadConnection> OpenAsync(Peer peer, SoakOptions options, SoakTally tally)
    {
        LoadConnection connection = await LoadConnection.OpenAsync(peer.Address, LoadPaths.Subscribe, 16 * 1024, tally.Fail);
        connection.Start(new SoakStream(tally, GrpcFrame.HeaderSize + options.Size), GrpcFrame.Of([]), isLast: true);
        connection.Flush();
        tally.OnOpened();
        return connection;
    }

    private static int Judge(List<double> memory, List<double> heaps, SoakTally tally)
    {
        bool isFlat = IsFlat("RSS", memory) & IsFlat("live heap", heaps);
        Console.WriteLine($"failures: {tally.Failures}. {tally.FirstFailure}");
        return isFlat && tally.Failures == 0 ? 0 : 1;
    }

    private static bool IsFlat(string name, List<double> values)
    {
        int third = values.Count / 3;
        double before = Median(values.Skip(third).Take(third));
        double after = Median(values.Skip(2 * third));
        bool isFlat = after <= before * 1.05;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: median of the second third {before:0.0} MiB, of the last third {after:0.0} MiB: {(isFlat ? "flat" : "NOT flat")}"));
        return isFlat;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }
}
