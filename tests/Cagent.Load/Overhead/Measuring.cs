// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;

namespace Cagent.Load.Overhead;

/// <summary>The cases of the matrix. Each opens its own connections, warms up, and then counts.</summary>
internal static class Measuring
{
    private const int Download = 100 << 20;
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>Requests at a fixed rate, far from what the machine can do: what a request waits for.</summary>
    public static Task<Cell> PacedAsync(Way way, bool isHttp2, OverheadOptions options) => RequestsAsync(way, isHttp2, options, TimeSpan.FromSeconds(1.0 / OverheadOptions.Pace));

    /// <summary>The next request as soon as the last is answered: what the machine can do.</summary>
    public static Task<Cell> UnboundedAsync(Way way, bool isHttp2, OverheadOptions options) => RequestsAsync(way, isHttp2, options, null);

    /// <summary>From the sending of an event to its reading, on streams that stay open.</summary>
    public static async Task<Cell> EventsAsync(Way way, bool isHttp2, OverheadOptions options) =>
        await CountAsync(way, isHttp2, options, async (client, tally) =>
        {
            using HttpResponseMessage response = await client.Client.GetAsync(way.At("/events"), HttpCompletionOption.ResponseHeadersRead, tally.Ended);
            response.EnsureSuccessStatusCode();
            using StreamReader lines = new(await response.Content.ReadAsStreamAsync(tally.Ended));
            while (await lines.ReadLineAsync(tally.Ended) is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    tally.Add(long.Parse(line.AsSpan(6), CultureInfo.InvariantCulture));
                }
            }
        });

    /// <summary>100 MiB, one after the other on one connection; the rate is in MiB a second.</summary>
    public static async Task<Cell> DownloadAsync(Way way, bool isHttp2, OverheadOptions options)
    {
        Cell cell = await CountAsync(way, isHttp2, options with { Connections = 1 }, async (client, tally) =>
        {
            while (!tally.Ended.IsCancellationRequested)
            {
                long start = Time.GetTimestamp();
                await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/bytes/{Download}"), CancellationToken.None);
                tally.Add(start);
            }
        });
        // By their own times: those that the window cut off at both ends took a part of it.
        return cell with { PerSecond = (Download >> 20) / (cell.Milliseconds.DefaultIfEmpty(double.NaN).Average() / 1000) };
    }

    /// <summary>A connection, a handshake and one request each time, one after the other.</summary>
    public static async Task<Cell> HandshakesAsync(Way way, bool isHttp2, OverheadOptions options) =>
        await CountAsync(way, isHttp2, options with { Connections = 1 }, async (_, tally) =>
        {
            while (!tally.Ended.IsCancellationRequested)
            {
                long start = Time.GetTimestamp();
                using WayClient client = new(way, isHttp2);
                await client.GetAsync("/", CancellationToken.None);
                tally.Add(start);
            }
        });

    private static Task<Cell> RequestsAsync(Way way, bool isHttp2, OverheadOptions options, TimeSpan? interval) =>
        CountAsync(way, isHttp2, options, async (client, tally) =>
        {
            long first = Time.GetTimestamp();
            TimeSpan due = (interval ?? TimeSpan.Zero) * Random.Shared.NextDouble();
            while (!tally.Ended.IsCancellationRequested)
            {
                if (interval is { } each)
                {
                    TimeSpan early = due - Time.GetElapsedTime(first);
                    if (early > TimeSpan.Zero)
                    {
                        await Task.Delay(early, Time);
                    }

                    due += each;
                }

                long start = Time.GetTimestamp();
                await client.GetAsync("/", CancellationToken.None);
                tally.Add(start);
            }
        });

    private static async Task<Cell> CountAsync(Way way, bool isHttp2, OverheadOptions options, Func<WayClient, Tally, Task> work)
    {
        TimeSpan warmUp = options.Window / 4;
        using CancellationTokenSource end = new(warmUp + options.Window);
        Tally tally = new(Time.GetTimestamp() + (long)(warmUp.TotalSeconds * Time.TimestampFrequency), end.Token);
        WayClient[] clients = [.. Enumerable.Range(0, options.Connections).Select(_ => new WayClient(way, isHttp2))];
        Task all = Task.WhenAll(clients.Select(client => Task.Run(() => work(client, tally))));
        await Task.Delay(warmUp, Time);
        (TimeSpan Envoy, TimeSpan Cagent) before = way.Cpu();
        long start = Time.GetTimestamp();
        try
        {
            await all;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // the window is over
        }

        TimeSpan elapsed = Time.GetElapsedTime(start);
        (TimeSpan Envoy, TimeSpan Cagent) after = way.Cpu();
        Array.ForEach(clients, client => client.Dispose());
        double[] counted = [.. tally.Milliseconds];
        double count = Math.Max(1, counted.Length);
        return new Cell(counted, counted.Length / elapsed.TotalSeconds, (after.Envoy - before.Envoy).TotalMicroseconds / count, (after.Cagent - before.Cagent).TotalMicroseconds / count);
    }

    private sealed class Tally(long from, CancellationToken ended)
    {
        public ConcurrentBag<double> Milliseconds { get; } = [];

        public CancellationToken Ended { get; } = ended;

        public void Add(long start)
        {
            if (start >= from)
            {
                Milliseconds.Add(Time.GetElapsedTime(start).TotalMilliseconds);
            }
        }
    }
}
