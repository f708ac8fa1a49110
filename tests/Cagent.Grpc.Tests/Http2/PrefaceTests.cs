// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.TestKit.Http2;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>What is not HTTP/2 from its first byte on (RFC 9113, section 3.4).</summary>
[Collection(Attacks.Name)]
public class PrefaceTests
{
    public static TheoryData<string, byte[]> Wrong => new()
    {
        { "an HTTP/1.1 request", Encoding.ASCII.GetBytes("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n") },
        { "an HTTP/1.1 request line alone", "GET / HTTP/1.1\r\n"u8.ToArray() },
        { "another line", "SSH-2.0-OpenSSH_9.2 and so on\r\n"u8.ToArray() },
        { "many zeros", new byte[100_000] },
        { "the preface with one wrong byte", [.. Http2Frame.Preface.Span[..^1], (byte)'x', .. Frames.Settings().ToBytes()] },
        { "one long line", Encoding.ASCII.GetBytes(new string('a', 100_000)) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Preface_Wrong_EndsTheConnection(string what, byte[] bytes)
    {
        Assert.NotEmpty(what);
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.DialAsync(host.Port))
        {
            await raw.SendAsync(bytes);

            await raw.UntilAsync(() => raw.IsClosed, "the end of the connection");
        }

        await host.VerifyAsync();
    }

    /// <summary>Who speaks another protocol is let go at its first byte, without a word.</summary>
    [Fact]
    public async Task Preface_TlsToThePlainPort_CostsNobodyElse()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        byte[] hello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, .. new byte[509]];
        List<RawConnection> connections = [];
        for (int i = 0; i < 100; i++)
        {
            connections.Add(await RawConnection.DialAsync(host.Port));
            await connections[i].SendAsync(hello);
        }

        host.VerifyMemory();
        foreach (RawConnection connection in connections)
        {
            Assert.Empty(connection.Received);
            await connection.DisposeAsync();
        }

        await host.VerifyAsync();
    }

    /// <summary>Section 3.4 wants SETTINGS first; the server does not insist, which hurts nobody.</summary>
    [Fact]
    public async Task Preface_WithoutSettings_IsServedAllTheSame()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.DialAsync(host.Port))
        {
            await raw.SendAsync((byte[])[.. Http2Frame.Preface.Span, .. Frames.Ping().ToBytes()]);

            await raw.UntilAsync(() => raw.PingAcks > 0, "the answer to the PING");
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task Preface_CutAtEveryByte_LeavesNothingBehind()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        byte[] whole = [.. Http2Frame.Preface.Span, .. Frames.Settings().ToBytes(), .. Frames.Headers(1).ToBytes()];
        for (int length = 0; length < whole.Length; length++)
        {
            await using RawConnection raw = await RawConnection.DialAsync(host.Port);
            await raw.SendAsync(whole.AsMemory(0, length));
        }

        await host.VerifyAsync();
    }

    [Fact]
    public async Task Preface_InSingleBytes_IsServed()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await using (RawConnection raw = await RawConnection.DialAsync(host.Port))
        {
            byte[] whole =
            [
                .. Http2Frame.Preface.Span, .. Frames.Settings().ToBytes(), .. Frames.Headers(1).ToBytes(),
                .. Frames.Message(1, [0x0a, 1, (byte)'x'], Http2Flag.EndStream).ToBytes(),
            ];
            for (int i = 0; i < whole.Length; i++)
            {
                await raw.SendAsync(whole.AsMemory(i, 1));
            }

            await raw.UntilAsync(() => raw.HasEnded(1), "the response");
            Assert.Equal(8, raw.DataBytes);
        }

        await host.VerifyAsync();
    }
}
