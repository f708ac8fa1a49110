// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Http2;
using static Cagent.Grpc.Tests.Http2.Frames;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>Header lists that are too big, or never end.</summary>
[Collection(Attacks.Name)]
public class HeaderFloodTests
{
    [Fact]
    public async Task HeaderList_OneFieldTooBig_EndsTheConnection()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await SendInPartsAsync(raw, Block(UnaryPath, ("x-big", new string('a', 100_000))));

            await raw.UntilAsync(() => raw.IsClosed, "the end of the connection");

            // Its HPACK decoder refuses the field before the list is counted.
            Assert.Equal(Http2ErrorCode.CompressionError, raw.GoAway);
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task HeaderList_TooManyFields_EndsTheConnection()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await SendInPartsAsync(raw, Block(UnaryPath, [.. Enumerable.Range(0, 1000).Select(i => ($"x-{i}", "1"))]));

            await raw.UntilAsync(() => raw.IsClosed, "the end of the connection");
            Assert.Equal(Http2ErrorCode.ProtocolError, raw.GoAway);
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task HeaderList_InsideTheLimit_IsServed()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await SendInPartsAsync(raw, Block(UnaryPath, ("x-big", new string('a', 30_000))));
            await raw.SendAsync(Message(1, [], Http2Flag.EndStream));

            await raw.UntilAsync(() => raw.HasEnded(1), "the response");
        }

        await host.VerifyAsync();
    }

    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(100)]
    public async Task Continuation_Endless_EndsTheConnection(int size)
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await raw.SendAsync(Headers(1, UnaryPath, Http2Flag.None));
            byte[] field = Field("x", new string('a', size - 10));
            byte[] flood = [.. Enumerable.Repeat(Continuation(1, field).ToBytes(), 1 + (64 * 1024 / size)).SelectMany(bytes => bytes)];
            bool isOpen = true;
            for (int i = 0; i < 100 && isOpen; i++)
            {
                isOpen = await raw.SendAsync(flood);
            }

            await raw.UntilAsync(() => raw.IsClosed, "the end of the connection");
            Assert.Equal(Http2ErrorCode.ProtocolError, raw.GoAway);
            host.VerifyMemory();
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task Continuation_EndlessAndEmpty_CostsNobodyElse()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.OpenAsync(host.Port))
        {
            await raw.SendAsync(Headers(1, UnaryPath, Http2Flag.None));
            byte[] flood = [.. Enumerable.Repeat(Continuation(1, []).ToBytes(), 10_000).SelectMany(bytes => bytes)];
            bool isOpen = true;
            for (int i = 0; i < 100 && isOpen; i++)
            {
                isOpen = await raw.SendAsync(flood);
            }

            host.VerifyMemory();
        }

        await host.VerifyAsync();
    }

    private static async Task SendInPartsAsync(RawConnection raw, byte[] block)
    {
        byte[][] parts = [.. block.Chunk(LargestPayload)];
        await raw.SendAsync(new Http2Frame(Http2FrameType.Headers, parts.Length == 1 ? Http2Flag.EndHeaders : Http2Flag.None, 1, parts[0]));
        for (int i = 1; i < parts.Length; i++)
        {
            await raw.SendAsync(Continuation(1, parts[i], i == parts.Length - 1 ? Http2Flag.EndHeaders : Http2Flag.None));
        }
    }
}
