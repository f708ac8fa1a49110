// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Http2;
using static Cagent.Grpc.Tests.Http2.Frames;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>Frames that cost the sender nothing and want an answer, by the hundred thousand.</summary>
[Collection(Attacks.Name)]
public class ControlFloodTests
{
    private const int Frames = 300_000;
    private const int Batch = 3_000;

    // What sockets and pipes on both sides of loopback can hold; the flood itself has no end.
    private const long MaxUnread = 100_000_000;

    // As long as an attacker that does not read is given to fill what there is to fill.
    private static readonly TimeSpan s_stall = TimeSpan.FromSeconds(2);

    private static readonly Dictionary<string, Http2Frame> s_floods = new(StringComparer.Ordinal)
    {
        ["PING"] = Ping(),
        ["empty SETTINGS"] = Settings(),
        ["SETTINGS with a table size"] = Settings((HeaderTableSize, 0), (HeaderTableSize, 4096)),
        ["WINDOW_UPDATE"] = WindowUpdate(0, 1),
        ["PRIORITY"] = Of(Http2FrameType.Priority, 9, 5),
        ["unknown frames"] = Of((Http2FrameType)0xfa, 0, 10),
        ["RST_STREAM of a closed stream"] = Reset(1),
    };

    public static TheoryData<string> Names => [.. s_floods.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Flood_ByAReader_IsAnsweredOrEnded(string name)
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await raw.SendAsync(Headers(1), Message(1, [], Http2Flag.EndStream));
            await raw.UntilAsync(() => raw.HasEnded(1), "the response");
            byte[] batch = [.. Enumerable.Repeat(s_floods[name].ToBytes(), Batch).SelectMany(bytes => bytes)];
            bool isOpen = true;
            for (int i = 0; i < Frames / Batch && isOpen; i++)
            {
                isOpen = await raw.SendAsync(batch);
            }

            host.VerifyMemory();
            await raw.SendAsync(Ping());
            await raw.UntilAsync(() => raw.IsClosed || raw.PingAcks == (name == "PING" ? Frames + 1 : 1), "every answer, or the end");
            Assert.True(raw.GoAway is null or Http2ErrorCode.EnhanceYourCalm, $"{raw.GoAway}");
        }

        await host.VerifyAsync();
    }

    [Theory]
    [InlineData("PING")]
    [InlineData("empty SETTINGS")]
    public async Task Flood_ByOneThatDoesNotRead_IsHeldBack(string name)
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port, reads: false))
        {
            byte[] batch = [.. Enumerable.Repeat(s_floods[name].ToBytes(), Batch).SelectMany(bytes => bytes)];
            long sent = 0;
            try
            {
                using CancellationTokenSource stall = new(s_stall, TimeProvider.System);
                while (sent < MaxUnread && await raw.SendAsync(batch, stall.Token))
                {
                    sent += batch.Length;
                    stall.CancelAfter(s_stall);
                }
            }
            catch (OperationCanceledException)
            {
                // The server has stopped reading what it cannot answer.
            }

            Assert.True(sent < MaxUnread, $"{sent} bytes were read without an answer being taken");
            host.VerifyMemory();
        }

        await host.VerifyAsync();
    }
}
