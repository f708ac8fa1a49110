// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Cagent.Grpc.Client;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Http2;
using Cagent.Grpc.Tests.Protos;
using Cagent.TestKit.Waiting;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>Clients that go away inside a message, at every byte of it.</summary>
[Collection(Attacks.Name)]
public class ClientCutTests
{
    private static readonly byte[] s_message = Frames.Prefixed(new EchoRequest { Text = "cut", Payload = ByteString.CopyFrom(new byte[20]) }.ToByteArray());

    public static TheoryData<string> Paths => [Frames.UnaryPath, Frames.ServerStreamPath, Frames.ClientStreamPath, Frames.BidiPath];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Connection_CutAtEveryByteOfAFrame_LeavesNothingBehind(string path)
    {
        using Ledger ledger = new();
        await using TestHost host = await StartAsync(ledger);
        ConcurrentQueue<Exception?> ends = Observe(host.Service, ledger);
        byte[] frame = Frames.Data(1, s_message).ToBytes();
        RawConnection[] clients = await Task.WhenAll(Enumerable.Range(0, (frame.Length + 1) * 2).Select(_ => RawConnection.OpenAsync(host.Port)));
        foreach (RawConnection client in clients)
        {
            await client.SendAsync(Frames.Headers(1, path));
        }

        await Eventually.TrueAsync(() => ledger.Gauges.Calls == clients.Length, TestHost.Patience, "a call of each");
        for (int i = 0; i < clients.Length; i++)
        {
            await clients[i].SendAsync(frame.AsMemory(0, i / 2));
            if (i % 2 == 0)
            {
                clients[i].Abort();
            }

            await clients[i].DisposeAsync();
        }

        await VerifyAsync(host, ledger);

        Assert.All(ends, end => Assert.IsAssignableFrom<OperationCanceledException>(end));
        Assert.Equal(path is Frames.UnaryPath or Frames.ServerStreamPath ? 0 : clients.Length, ends.Count);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Stream_ResetAtEveryByteOfAMessage_LeavesNothingBehind(string path)
    {
        using Ledger ledger = new();
        await using TestHost host = await StartAsync(ledger);
        ConcurrentQueue<Exception?> ends = Observe(host.Service, ledger);
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            for (int length = 0; length <= s_message.Length; length++)
            {
                int stream = (2 * length) + 1;
                await raw.SendAsync(Frames.Headers(stream, path), Frames.Data(stream, s_message[..length]), Frames.Reset(stream));
            }

            await raw.SynchroniseAsync();
            Assert.Null(raw.GoAway);
            await VerifyAsync(host, ledger);
        }

        Assert.All(ends, end => Assert.IsAssignableFrom<OperationCanceledException>(end));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Request_EndedAtEveryByteOfAMessage_IsInternalUnlessItIsWhole(string path)
    {
        using Ledger ledger = new();
        await using TestHost host = await StartAsync(ledger);
        Observe(host.Service, ledger);
        bool isEmptyAllowed = path is Frames.ClientStreamPath or Frames.BidiPath;
        using (RawClient raw = new(host.Address))
        {
            for (int length = 0; length <= s_message.Length; length++)
            {
                using HttpResponseMessage response = await raw.PostAsync(path, s_message[..length]);

                bool isWhole = length == s_message.Length || (length == 0 && isEmptyAllowed);
                Assert.Equal(isWhole ? "0" : "13", RawClient.Status(response)!.Split(':')[1]);
            }
        }

        await VerifyAsync(host, ledger);
    }

    private static Task<TestHost> StartAsync(Ledger ledger) => TestHost.StartAsync(
        client: new HttpChannelOptions { TimeProvider = ledger.Time }, time: ledger.Time, logLevel: LogLevel.Warning);

    /// <summary>Handlers that read to the end; how each ended is in the queue.</summary>
    private static ConcurrentQueue<Exception?> Observe(TestService service, Ledger ledger)
    {
        ConcurrentQueue<Exception?> ends = new();
        async Task ReadAsync(IAsyncStreamReader<EchoRequest> requests, ServerCallContext context)
        {
            ledger.Track(context);
            try
            {
                while (await requests.MoveNext())
                {
                    // A message that was whole.
                }

                ends.Enqueue(null);
            }
            catch (Exception e)
            {
                ends.Enqueue(e);
                throw;
            }
        }

        service.OnUnary = (_, context) =>
        {
            ledger.Track(context);
            return Task.FromResult(new EchoResponse());
        };
        service.OnClientStream = async (requests, context) =>
        {
            await ReadAsync(requests, context);
            return new EchoResponse();
        };
        service.OnBidi = (requests, _, context) => ReadAsync(requests, context);
        return ends;
    }

    private static async Task VerifyAsync(TestHost host, Ledger ledger)
    {
        await CallAsync(host.Client, ledger);
        await ledger.VerifyAsync(host.Channel, host.Service);
    }

    // The server lives. A method of its own: it lets go of its locals.
    private static async Task CallAsync(EchoService.EchoServiceClient client, Ledger ledger)
    {
        Metadata headers = new() { { "a", "b" } };
        ledger.Track(headers);
        await client.UnaryAsync(new EchoRequest(), headers).ResponseAsync.WaitAsync(TestHost.Patience);
    }
}
