// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tests.Tcp;

public sealed class CanaryTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Connection_WithoutBytes_IsRecorded()
    {
        await using Canary canary = Canary.Start();
        await using (await RawConnection.DialAsync(canary.EndPoint))
        {
            await Eventually.TrueAsync(() => canary.ConnectionCount == 1, Long);
            Assert.Empty(canary.Bytes);
        }

        await Eventually.TrueAsync(() => canary.Connections[0].IsClosed, Long);
    }

    [Fact]
    public async Task Bytes_AreRecordedWithinTheirBoundAndNeverAnswered()
    {
        await using Canary canary = Canary.Start();
        await using RawConnection connection = await RawConnection.DialAsync(canary.EndPoint);
        await connection.SendAsync("GET / HTTP/1.1\r\n");
        await connection.SendAsync(new byte[CanaryConnection.MaxBytes]);

        await Eventually.TrueAsync(() => canary.Connections is [var one] && one.ByteCount == CanaryConnection.MaxBytes + 16, Long);
        Assert.Equal(CanaryConnection.MaxBytes, canary.Bytes.Length);
        Assert.StartsWith("GET / HTTP/1.1\r\n", canary.Connections[0].Text, StringComparison.Ordinal);
        connection.Timeout = TimeSpan.FromMilliseconds(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.ReadBytesAsync(1));
    }

    [Fact]
    public async Task Tls_IsFinishedAndItsContentRecorded()
    {
        using TestCa ca = new();
        await using Canary canary = Canary.Start(new CanaryOptions { Certificate = ca.Issue("evil.example.com") });
        await using RawConnection connection = await RawConnection.DialAsync(canary.EndPoint);
        await using RawConnection tls = await connection.StartTlsAsync(new TlsClientOptions { ServerName = "evil.example.com", Trust = ca.Trust() });
        await tls.SendAsync("secret");

        await Eventually.TrueAsync(() => canary.Bytes.Length == 6, Long);
        Assert.Equal("secret", Encoding.ASCII.GetString(canary.Bytes));
        Assert.Equal("evil.example.com", canary.Connections[0].ServerName);
    }

    [Fact]
    public async Task Reply_IsSentOnceAfterTheFirstBytes()
    {
        await using Canary canary = Canary.Start(new CanaryOptions { Reply = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhi"u8.ToArray(), ClosesAfterReply = true });
        await using RawConnection connection = await RawConnection.DialAsync(canary.EndPoint);
        await connection.SendAsync("x");
        await Assert.ThrowsAsync<EndOfStreamException>(() => connection.ReadResponseAsync());
    }
}
