// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Cagent.Grpc.FanOut;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Time;
using Cagent.TestKit.Waiting;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Tests.FanOut;

public class DispatcherTests
{
    // More than a client that does not read takes: its window and what lies in sockets.
    private const int Stalling = 4 * 1024 * 1024;

    // Field 1 (text) with 3 characters: the tail of one stream.
    private static byte[] Tail(string text) => [0x0a, 3, .. System.Text.Encoding.ASCII.GetBytes(text)];

    [Fact]
    public async Task Post_OneMessageWithATailPerStream_GivesEachItsOwn()
    {
        await using FanOutHost host = await FanOutHost.StartAsync();
        // 70 kB: the tail stands behind a chunk's end.
        FramedMessage message = FramedMessage.Create(FanOutHost.Message(7, 70_000).Bytes[5..], Tail("abc").Length);
        (FanOutTarget first, var firstCall) = await host.OpenAsync("1");
        (FanOutTarget second, var secondCall) = await host.OpenAsync("2");

        Assert.True(first.Post(message, Tail("abc")));
        Assert.True(second.Post(message, Tail("xyz")));

        EchoResponse one = await FanOutHost.ReadAsync(firstCall);
        EchoResponse two = await FanOutHost.ReadAsync(secondCall);
        Assert.Equal(("abc", 7, 70_000), (one.Text, one.Count, one.Payload.Length));
        Assert.Equal(("xyz", 7, 70_000), (two.Text, two.Count, two.Payload.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_530)]
    [InlineData(65_531)]
    [InlineData(65_532)]
    [InlineData(131_072)]
    public async Task Post_MessageAroundTheChunkSize_ArrivesWhole(int size)
    {
        await using FanOutHost host = await FanOutHost.StartAsync();
        (FanOutTarget target, var call) = await host.OpenAsync("1");

        for (int i = 1; i <= 3; i++)
        {
            target.Post(FanOutHost.Message(i, size));
            EchoResponse message = await FanOutHost.ReadAsync(call);

            Assert.Equal((i, size), (message.Count, message.Payload.Length));
        }

        Assert.True(await target.WhenWrittenAsync());
        Assert.Equal(3, host.Dispatcher.Counts.Written);
    }

    [Fact]
    public async Task Post_ManyToAStalledClient_GivesItTheNewestOnly()
    {
        await using FanOutHost host = await FanOutHost.StartAsync();
        (FanOutTarget target, var call) = await host.OpenAsync("1");
        target.Post(FanOutHost.Message(1, Stalling));
        await Eventually.TrueAsync(() => host.Dispatcher.Counts.Slow == 1, "the stream is slow");

        for (int i = 2; i <= 100; i++)
        {
            target.Post(FanOutHost.Message(i));
        }

        Assert.Equal(1, (await FanOutHost.ReadAsync(call)).Count);
        Assert.Equal(100, (await FanOutHost.ReadAsync(call)).Count);
        Assert.Equal(98, host.Dispatcher.Counts.Replaced);
    }

    [Fact]
    public async Task Post_WithStalledClientsOnEveryWorker_StillReachesTheOthers()
    {
        await using FanOutHost host = await FanOutHost.StartAsync(workers: 2);
        for (int i = 0; i < 5; i++)
        {
            (FanOutTarget stalled, _) = await host.OpenAsync($"stalled {i}");
            stalled.Post(FanOutHost.Message(1, Stalling));
        }

        (FanOutTarget target, var call) = await host.OpenAsync("reads");
        target.Post(FanOutHost.Message(2));

        Assert.Equal(2, (await FanOutHost.ReadAsync(call)).Count);
        await Eventually.TrueAsync(() => host.Dispatcher.Counts.Slow == 5, "all stalled streams are slow");
    }

    [Fact]
    public async Task Work_OneWorker_GoesRoundAndTakesFirstAnswersFirst()
    {
        ManualTime time = new();
        await using FanOutHost host = await FanOutHost.StartAsync(workers: 1, time);
        (FanOutTarget holder, _) = await host.OpenAsync("holder");
        (FanOutTarget second, var secondCall) = await host.OpenAsync("second");
        (FanOutTarget third, var thirdCall) = await host.OpenAsync("third");
        (FanOutTarget late, _) = await host.OpenAsync("late");
        foreach ((FanOutTarget target, var call) in new[] { (second, secondCall), (third, thirdCall) })
        {
            target.Post(FanOutHost.Message(0));
            await FanOutHost.ReadAsync(call);
            Assert.True(await target.WhenWrittenAsync());
        }

        holder.Post(FanOutHost.Message(1, Stalling));
        second.Post(FanOutHost.Message(1, Stalling));
        third.Post(FanOutHost.Message(1, Stalling));
        late.Post(FanOutHost.Message(1, Stalling));

        // Each stalls, so one turn passes per 50 ms.
        foreach (FanOutTarget expected in new[] { holder, late, second, third })
        {
            await Eventually.TrueAsync(() => Volatile.Read(ref expected.WaitsSince) != 0, "the next one writes");
            Assert.Equal(FanOutState.Writing, expected.State);
            Assert.Equal(1, host.Dispatcher.Counts.Writing);
            await Eventually.TrueAsync(
                () =>
                {
                    time.Advance(TimeSpan.FromMilliseconds(25));
                    return expected.State == FanOutState.Slow;
                },
                "it lost its worker");
        }
    }

    [Fact]
    public async Task Stream_ThatReadsAgainAfterHavingBeenSlow_GetsItsMessageWhole()
    {
        await using FanOutHost host = await FanOutHost.StartAsync(workers: 1);
        (FanOutTarget target, var call) = await host.OpenAsync("1");
        target.Post(FanOutHost.Message(1, Stalling));
        await Eventually.TrueAsync(() => host.Dispatcher.Counts.Slow == 1, "the stream is slow");

        EchoResponse message = await FanOutHost.ReadAsync(call);

        Assert.Equal(Stalling, message.Payload.Length);
        Assert.True(await target.WhenWrittenAsync());
        Assert.Equal(0, host.Dispatcher.Counts.Slow);
    }

    [Fact]
    public async Task Stream_ThatDoesNotReadForTheWriteTimeout_IsResetAndCounted()
    {
        long timeouts = 0;
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "rpc.server.write_timeouts")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref timeouts, value));
        listener.Start();
        await using FanOutHost host = await FanOutHost.StartAsync(server: options => options.WriteTimeout = TimeSpan.FromMilliseconds(200));
        (FanOutTarget target, var call) = await host.OpenAsync("1");

        target.Post(FanOutHost.Message(1, Stalling));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => target.Completion.WaitAsync(TestHost.Patience));
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
        Assert.Equal(1, host.Dispatcher.Counts.Failed);
        Assert.True(Interlocked.Read(ref timeouts) >= 1);
        Assert.Contains(host.Host.Logs.Entries, entry => entry is { Level: LogLevel.Warning, Id: 1006 });
        Assert.False(target.Post(FanOutHost.Message(2)));
        Assert.False(await target.WhenWrittenAsync());
    }

    [Fact]
    public async Task Post_MessageAboveTheSendLimit_EndsTheCallWithResourceExhausted()
    {
        await using FanOutHost host = await FanOutHost.StartAsync(server: options => options.MaxSendMessageSize = 1000);
        (FanOutTarget target, var call) = await host.OpenAsync("1");

        target.Post(FanOutHost.Message(1, 1001));

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
    }

    [Fact]
    public async Task Stop_WithAStreamInMidMessage_LetsItsClientReadToTheEnd()
    {
        await using FanOutHost host = await FanOutHost.StartAsync(server: options => options.ShutdownGrace = TestHost.Patience);
        (FanOutTarget target, var call) = await host.OpenAsync("1");
        target.Post(FanOutHost.Message(1, Stalling));
        await Eventually.TrueAsync(() => host.Dispatcher.Counts.Slow == 1, "the stream is slow");

        Task stop = host.Host.Server.StopAsync(CancellationToken.None);

        Assert.Equal(Stalling, (await FanOutHost.ReadAsync(call)).Payload.Length);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        await stop.WaitAsync(TestHost.Patience);
        Assert.False(target.Post(FanOutHost.Message(2)));
    }

    [Fact]
    public async Task Streams_PostedFast_SeeRisingVersionsAndEndWithTheNewest()
    {
        const int Last = 200;
        await using FanOutHost host = await FanOutHost.StartAsync(workers: 8);
        var streams = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => host.OpenAsync($"{i}")));
        FramedMessage[] messages = [.. Enumerable.Range(0, Last + 1).Select(i => FanOutHost.Message(i, i * 997 % 200_000))];
        Task[] readers = [.. streams.Select(stream => ReadToAsync(stream.Call, Last))];

        // One publisher per ten streams: the order of posts of one stream is its publisher's.
        await Task.WhenAll(streams.Chunk(10).Select(part => Task.Run(() =>
        {
            for (int i = 1; i < Last; i++)
            {
                foreach ((FanOutTarget target, _) in part)
                {
                    target.Post(messages[i]);
                }
            }
        })));
        foreach ((FanOutTarget target, _) in streams)
        {
            target.Post(messages[Last]);
        }

        await Task.WhenAll(readers).WaitAsync(TestHost.Patience);
    }

    [Fact]
    public async Task Streams_CancelledAtRandom_LeaveNothingBehind()
    {
        await using FanOutHost host = await FanOutHost.StartAsync(workers: 4);
        Random random = new(7);
        List<WeakReference> targets = [];
        for (int round = 0; round < 5; round++)
        {
            await ChurnAsync(host, random, round, targets);
        }

        await Eventually.TrueAsync(() => host.Dispatcher.Counts is { Streams: 0, Writing: 0, Slow: 0, Waiting: 0 }, "all streams are gone");
        host.Forget();
        await Eventually.TrueAsync(
            () =>
            {
                GC.Collect();
                return targets.Count(target => target.IsAlive) <= 4;
            },
            "the streams are collected, except what is on stacks and in pools");
    }

    [Fact]
    public async Task Post_WrongTail_IsRefused()
    {
        await using FanOutHost host = await FanOutHost.StartAsync();
        (FanOutTarget target, _) = await host.OpenAsync("1");

        Assert.Throws<ArgumentException>(() => target.Post(FanOutHost.Message(1), new byte[1]));
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(257, 50)]
    [InlineData(1, 0)]
    [InlineData(1, 60_001)]
    public void Options_OutsideTheirRange_AreRefused(int workers, int slowAfterMilliseconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dispatcher(
            new DispatcherOptions { Workers = workers, SlowAfter = TimeSpan.FromMilliseconds(slowAfterMilliseconds) }, TimeProvider.System));

    private static async Task ReadToAsync(AsyncServerStreamingCall<EchoResponse> call, int last)
    {
        int before = 0;
        while (before != last)
        {
            int version = (await FanOutHost.ReadAsync(call)).Count;
            Assert.InRange(version, before + 1, last);
            before = version;
        }
    }

    private static async Task ChurnAsync(FanOutHost host, Random random, int round, List<WeakReference> targets)
    {
        FramedMessage large = FanOutHost.Message(round, 300_000);
        List<AsyncServerStreamingCall<EchoResponse>> calls = [];
        for (int i = 0; i < 40; i++)
        {
            (FanOutTarget target, var call) = await host.OpenAsync($"{round}.{i}");
            targets.Add(new WeakReference(target));
            calls.Add(call);
            target.Post(large);
        }

        foreach (var call in calls.OrderBy(_ => random.Next()))
        {
            if (random.Next(2) == 0)
            {
                await FanOutHost.ReadAsync(call);
            }

            call.Dispose();
        }
    }
}
