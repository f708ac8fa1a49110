// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Grpc.Client;
using Cagent.Grpc.Tests.Client;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Http2;
using Cagent.Grpc.Tests.Protos;
using Google.Protobuf;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Faults;

/// <summary>Servers that go away inside a message, at every byte of it: our client tells how, and keeps nothing.</summary>
[Collection(Attacks.Name)]
public class ServerCutTests
{
    private static readonly byte[] s_message = Frames.Prefixed(new EchoResponse { Text = "cut", Payload = ByteString.CopyFrom(new byte[20]) }.ToByteArray());

    public static TheoryData<MethodType> Kinds => [.. Enum.GetValues<MethodType>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Connection_CutAtEveryByteOfAFrame_IsUnavailable(MethodType kind)
    {
        byte[] frame = Frames.Data(1, s_message).ToBytes();
        await RunAsync(
            kind,
            (frame.Length + 1) * 3,
            async (connection, stream, turn) =>
            {
                await connection.SendResponseAsync(stream);
                await connection.SendAsync(frame.AsMemory(0, turn / 3));
                switch (turn % 3)
                {
                    case 0:
                        connection.Abort();
                        break;
                    case 1 when turn / 3 is 0 || turn / 3 == frame.Length:
                        await connection.SendGoAwayAsync(stream, code: 0);
                        break;
                }

                // Its script's end is the connection's.
                return false;
            },
            (_, status) => Assert.Equal(StatusCode.Unavailable, status));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Stream_ResetAtEveryByteOfAMessage_TellsTheCode(MethodType kind)
    {
        (int Code, StatusCode Status)[] resets =
            [(2, StatusCode.Internal), (7, StatusCode.Unavailable), (8, StatusCode.Cancelled), (11, StatusCode.ResourceExhausted), (12, StatusCode.PermissionDenied)];
        await RunAsync(
            kind,
            (s_message.Length + 1) * resets.Length,
            async (connection, stream, turn) =>
            {
                await connection.SendResponseAsync(stream);
                await connection.SendAsync(RawHttp2Connection.Data, 0, stream, s_message[..(turn / resets.Length)]);
                await connection.SendResetAsync(stream, resets[turn % resets.Length].Code);
                return true;
            },
            (turn, status) => Assert.Equal(resets[turn % resets.Length].Status, status));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Response_EndedAtEveryByteOfAMessage_IsInternalUnlessItIsWhole(MethodType kind)
    {
        bool isEmptyAllowed = kind is MethodType.ServerStreaming or MethodType.DuplexStreaming;
        await RunAsync(
            kind,
            s_message.Length + 1,
            async (connection, stream, turn) =>
            {
                await connection.SendResponseAsync(stream);
                await connection.SendAsync(RawHttp2Connection.Data, 0, stream, s_message[..turn]);
                await connection.SendHeadersAsync(stream, true, ("grpc-status", "0"));
                return true;
            },
            (turn, status) => Assert.Equal(
                turn == s_message.Length || (turn == 0 && isEmptyAllowed) ? StatusCode.OK : StatusCode.Internal, status));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Response_WithoutTrailersAtEveryByteOfAMessage_IsInternal(MethodType kind) => await RunAsync(
        kind,
        s_message.Length + 1,
        async (connection, stream, turn) =>
        {
            await connection.SendResponseAsync(stream);
            await connection.SendAsync(RawHttp2Connection.Data, RawHttp2Connection.EndStream, stream, s_message[..turn]);
            return true;
        },
        (_, status) => Assert.Equal(StatusCode.Internal, status));

    /// <summary>One call after the other on one channel; the server's answer returns whether its connection goes on.</summary>
    private static async Task RunAsync(
        MethodType kind, int turns, Func<RawHttp2Connection, int, int, Task<bool>> answer, Action<int, StatusCode> verify)
    {
        using Ledger ledger = new();
        int turn = 0;
        await using RawHttp2Server server = new(async connection =>
        {
            await connection.BeginAsync();
            do
            {
                int stream = await connection.ReadRequestAsync();
                if (!await answer(connection, stream, Volatile.Read(ref turn)))
                {
                    return;
                }
            }
            while (true);
        });
        using HttpChannel channel = HttpChannel.ForAddress(
            server.Address, new HttpChannelOptions { TimeProvider = ledger.Time, InitialReconnectBackoff = TimeSpan.FromMilliseconds(1) });
        EchoService.EchoServiceClient client = new(channel);
        for (; turn < turns; Interlocked.Increment(ref turn))
        {
            verify(turn, await CallAsync(client, kind, ledger, turn).WaitAsync(TestHost.Patience));
        }

        await ledger.VerifyAsync(channel);
    }

    private static async Task<StatusCode> CallAsync(EchoService.EchoServiceClient client, MethodType kind, Ledger ledger, int turn)
    {
        Metadata headers = new() { { "turn", turn.ToString(CultureInfo.InvariantCulture) } };
        ledger.Track(headers);
        try
        {
            await CallAsync(client, kind, new CallOptions(headers).WithWaitForReady());
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    private static async Task CallAsync(EchoService.EchoServiceClient client, MethodType kind, CallOptions options)
    {
        switch (kind)
        {
            case MethodType.Unary:
                await client.UnaryAsync(new EchoRequest(), options);
                break;
            case MethodType.ServerStreaming:
                using (AsyncServerStreamingCall<EchoResponse> call = client.ServerStream(new EchoRequest(), options))
                {
                    await ReadAsync(call.ResponseStream);
                }

                break;
            case MethodType.ClientStreaming:
                using (AsyncClientStreamingCall<EchoRequest, EchoResponse> call = client.ClientStream(options))
                {
                    await call.ResponseAsync;
                }

                break;
            default:
                // Not disposed: a call that was read to its end has ended by itself.
                await ReadAsync(client.Bidi(options).ResponseStream);
                break;
        }
    }

    private static async Task ReadAsync(IAsyncStreamReader<EchoResponse> responses)
    {
        while (await responses.MoveNext())
        {
            Assert.Equal("cut", responses.Current.Text);
        }
    }
}
