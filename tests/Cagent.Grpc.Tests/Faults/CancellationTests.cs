// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using Cagent.Grpc.Client;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Http2;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Logging;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>Calls of every kind that end at every moment, on one connection, which must be as good as new afterwards.</summary>
[Collection(Attacks.Name)]
public class CancellationTests(ITestOutputHelper output)
{
    private const int Calls = 10_000;
    private const int CallsAtOnce = 32;
    private const int StreamsAtOnce = 500;

    // GrpcLog's event.
    private const int UnfinishedWrite = 1007;

    [Fact]
    public async Task Cancellations_TenThousandAtRandom_LeaveNothingBehind()
    {
        int seed = FaultSeed.Next(output);
        using Ledger ledger = new();
        await using TestHost host = await TestHost.StartAsync(
            options => options.MaxStreamsPerConnection = StreamsAtOnce,
            new HttpChannelOptions { TimeProvider = ledger.Time },
            time: ledger.Time,
            logLevel: LogLevel.Warning);
        host.ExpectsErrors = true;
        long started = Stopwatch.GetTimestamp();
        ConcurrentDictionary<StatusCode, int> outcomes = new();

        // The first half fills the pools: what is held after the second is compared with what is held after the first.
        for (int half = 0; half < 2; half++)
        {
            RandomService service = new(ledger);
            service.Install(host.Service);
            await RunAsync(host, ledger, seed + (half * Calls / 2), outcomes);
            Assert.Equal(0, service.Cut);
            output.WriteLine($"{Stopwatch.GetElapsedTime(started)}: {string.Join(", ", outcomes.Select(outcome => $"{outcome.Value} {outcome.Key}"))}");
            RandomService.Uninstall(host.Service);
            await ledger.VerifyAsync(host.Channel, host.Service);
            await VerifyConnectionAsync(host, ledger);
            await ledger.VerifyAsync(host.Channel, host.Service);
            output.WriteLine($"{Stopwatch.GetElapsedTime(started)}: nothing is left; {ledger.Memory} bytes in use");
            ledger.TakeBaseline();
        }

        Assert.True(outcomes[StatusCode.Cancelled] > Calls / 10 && outcomes[StatusCode.DeadlineExceeded] > Calls / 100, "the calls were not cancelled");

        // Handlers that left a write behind, and nothing else.
        LogEntry[] errors = [.. host.Logs.Entries.Where(entry => entry.Level >= LogLevel.Error)];
        Assert.All(errors, entry => Assert.Equal(UnfinishedWrite, entry.Id));
        output.WriteLine(string.Join('\n', errors.Select(entry => entry.Text)));
        Assert.InRange(outcomes.GetValueOrDefault(StatusCode.Internal), 0, errors.Length);
    }

    private async Task RunAsync(TestHost host, Ledger ledger, int seed, ConcurrentDictionary<StatusCode, int> outcomes)
    {
        int next = -1;
        async Task WorkAsync()
        {
            for (int i; (i = Interlocked.Increment(ref next)) < Calls / 2;)
            {
                try
                {
                    StatusCode outcome = await new RandomCall(host.Client, ledger, seed + i).RunAsync();
                    outcomes.AddOrUpdate(outcome, 1, (_, count) => count + 1);
                    if (outcome == StatusCode.Internal)
                    {
                        output.WriteLine($"INTERNAL: the call of seed {seed + i}");
                    }
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"The call of seed {seed + i} failed.", e);
                }
            }
        }

        await Task.WhenAll(Enumerable.Range(0, CallsAtOnce).Select(_ => Task.Run(WorkAsync)));
    }

    /// <summary>No slot of a stream and no byte of a window was lost on the way.</summary>
    private static async Task VerifyConnectionAsync(TestHost host, Ledger ledger)
    {
        ByteString large = ByteString.CopyFrom(new byte[3_000_000]);
        EchoResponse echo = await host.Client.UnaryAsync(new EchoRequest { Payload = large }).ResponseAsync.WaitAsync(TestHost.Patience);
        Assert.Equal(large.Length, echo.Payload.Length);

        AsyncDuplexStreamingCall<EchoRequest, EchoResponse>[] calls = [.. Enumerable.Range(0, StreamsAtOnce).Select(_ => host.Client.Bidi())];
        await Task.WhenAll(calls.Select(async call =>
        {
            await call.RequestStream.WriteAsync(new EchoRequest()).WaitAsync(TestHost.Patience);
            Assert.True(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        }));

        // A client that believes a slot taken would have opened another connection.
        Assert.Equal(1, ledger.Gauges.Connections(host.Port));
        Assert.Equal(StreamsAtOnce, host.Service.Running);
        foreach (AsyncDuplexStreamingCall<EchoRequest, EchoResponse> call in calls)
        {
            await call.RequestStream.CompleteAsync();
            Assert.False(await call.ResponseStream.MoveNext().WaitAsync(TestHost.Patience));
        }
    }
}
