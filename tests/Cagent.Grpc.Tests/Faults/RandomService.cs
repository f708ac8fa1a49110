// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>Handlers whose course hangs on the seed that the client sends: they read, write, wait, and end in every way.</summary>
internal sealed class RandomService(Ledger ledger)
{
    public const string SeedHeader = "seed";

    /// <summary>Sent by clients that end the call in any case, so that the handler may wait for it.</summary>
    public const string MayWaitHeader = "may-wait";

    /// <summary>How many requests the client sends before it half-closes.</summary>
    public const string RequestsHeader = "requests";

    /// <summary>What a handler that fails on purpose fails with.</summary>
    public const StatusCode Failure = StatusCode.Aborted;

    // Most messages are small; the largest is above the window of a client.
    private static readonly ByteString[] s_payloads =
        [.. new[] { 0, 10, 100, 100, 1000, 1000, 10_000, 10_000, 50_000, 100_000 }.Select(size => ByteString.CopyFrom(new byte[size]))];

    private int _cut;

    /// <summary>Requests that ended in good order before all that was announced had come.</summary>
    public int Cut => Volatile.Read(ref _cut);

    public static ByteString Payload(Random random) => random.Next(20) == 0 ? s_payloads[random.Next(s_payloads.Length)] : s_payloads[random.Next(6)];

    /// <summary>Lets other work run for a while, so that everything happens at every moment.</summary>
    public static async Task PauseAsync(Random random)
    {
        for (int i = random.Next(4) == 0 ? random.Next(100) : random.Next(5); i > 0; i--)
        {
            await Task.Yield();
        }
    }

    /// <summary>Gives the echo back.</summary>
    public static void Uninstall(TestService service)
    {
        TestService echo = new();
        service.OnUnary = echo.OnUnary;
        service.OnServerStream = echo.OnServerStream;
        service.OnClientStream = echo.OnClientStream;
        service.OnBidi = echo.OnBidi;
    }

    public void Install(TestService service)
    {
        service.OnUnary = async (request, context) =>
        {
            Random random = Begin(context);
            await EndAsync(random, context);
            return new EchoResponse { Payload = request.Payload };
        };
        service.OnServerStream = async (_, responses, context) =>
        {
            Random random = Begin(context);
            Task writing = WriteAsync(random, responses, context);
            if (random.Next(20) != 0)
            {
                await writing;
                await EndAsync(random, context);
            }
            else
            {
                // Whatever becomes of it: the handler ends while its write is pending.
                Forget(writing);
            }
        };
        service.OnClientStream = async (requests, context) =>
        {
            Random random = Begin(context);
            await ReadAsync(random, requests, context);
            await EndAsync(random, context);
            return new EchoResponse { Payload = Payload(random) };
        };
        service.OnBidi = async (requests, responses, context) =>
        {
            Random random = Begin(context);
            Task reading = ReadAsync(new Random(random.Next()), requests, context);
            await WriteAsync(random, responses, context);

            // The same for reads.
            if (random.Next(4) != 0)
            {
                await reading;
            }
            else
            {
                Forget(reading);
            }

            await EndAsync(random, context);
        };
    }

    private static void Forget(Task task) => task.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);

    private async Task ReadAsync(Random random, IAsyncStreamReader<EchoRequest> requests, ServerCallContext context)
    {
        int most = random.Next(3) == 0 ? random.Next(3) : int.MaxValue;
        int announced = Number(context, RequestsHeader);
        for (int i = 0; i < most; i++)
        {
            if (!await requests.MoveNext())
            {
                // What looks whole must be whole: a call that is cancelled must not look like one that has sent everything.
                Interlocked.Add(ref _cut, i == announced ? 0 : 1);
                return;
            }

            await PauseAsync(random);
        }
    }

    private static async Task WriteAsync(Random random, IServerStreamWriter<EchoResponse> responses, ServerCallContext context)
    {
        for (int i = random.Next(5); i > 0; i--)
        {
            // Half of the handlers do not look at their token.
            await responses.WriteAsync(new EchoResponse { Payload = Payload(random) }, random.Next(2) == 0 ? context.CancellationToken : CancellationToken.None);
            await PauseAsync(random);
        }
    }

    private static async Task EndAsync(Random random, ServerCallContext context)
    {
        await PauseAsync(random);
        switch (random.Next(8))
        {
            case 0:
                throw new RpcException(new Status(Failure, "on purpose"), new Metadata { { "a", "b" } });
            case 1:
                throw new OperationCanceledException("on purpose");
            case 2 when context.RequestHeaders.Get(MayWaitHeader) is not null:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
                break;
            case 3:
                context.Status = new Status(Failure, "on purpose");
                break;
        }
    }

    private Random Begin(ServerCallContext context)
    {
        ledger.Track(context);
        return new Random(Number(context, SeedHeader));
    }

    private static int Number(ServerCallContext context, string header) =>
        int.Parse(context.RequestHeaders.GetValue(header)!, NumberStyles.None, CultureInfo.InvariantCulture);
}
