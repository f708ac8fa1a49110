// SPDX-License-Identifier: Apache-2.0
using System.Security.Authentication;
using System.Text;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Tcp;
using Cagent.TestKit.Waiting;

namespace Cagent.TestKit.Tests.Tcp;

public sealed class TlsEchoTests : IDisposable
{
    private readonly TestCa _ca = new();

    [Fact]
    public async Task Bytes_ComeBack()
    {
        await using TlsEcho echo = TlsEcho.Start(new TlsEchoOptions { Certificate = _ca.Issue("pin.example.com") });
        await using RawConnection tls = await DialAsync(echo, new TlsClientOptions { ServerName = "pin.example.com", Trust = _ca.Trust() });
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];
        await tls.SendAsync(bytes);

        Assert.Equal(bytes, await tls.ReadBytesAsync(bytes.Length));
        Assert.Equal((bytes.Length, 1, 1), (echo.ByteCount, echo.ConnectionCount, echo.OpenConnections));
        Assert.Equal(["pin.example.com"], echo.ServerNames);
    }

    [Fact]
    public async Task Ticks_ComeUnasked()
    {
        await using TlsEcho echo = TlsEcho.Start(new TlsEchoOptions { Certificate = _ca.Issue("pin.example.com"), TickInterval = TimeSpan.FromMilliseconds(5) });
        await using RawConnection tls = await DialAsync(echo, new TlsClientOptions());
        Assert.Equal("tick 0\ntick 1\n", Encoding.ASCII.GetString(await tls.ReadBytesAsync(14)));
        Assert.Equal([null], echo.ServerNames);
    }

    [Fact]
    public async Task Trust_OtherNameOrAuthority_IsRefused()
    {
        using TestCa other = new();
        await using TlsEcho echo = TlsEcho.Start(new TlsEchoOptions { Certificate = _ca.Issue("pin.example.com") });
        await Assert.ThrowsAsync<AuthenticationException>(() => DialAsync(echo, new TlsClientOptions { ServerName = "a.example.com", Trust = _ca.Trust() }));
        await Assert.ThrowsAsync<AuthenticationException>(() => DialAsync(echo, new TlsClientOptions { ServerName = "pin.example.com", Trust = other.Trust() }));
        await using RawConnection tls = await DialAsync(
            echo, new TlsClientOptions { ServerName = "a.example.com", ExpectedName = "pin.example.com", Trust = _ca.Trust() });
        Assert.Equal("a.example.com", echo.ServerNames[^1]);
    }

    [Fact]
    public async Task Dispose_OpenConnection_ClosesIt()
    {
        TlsEcho echo = TlsEcho.Start(new TlsEchoOptions { Certificate = _ca.Issue("pin.example.com") });
        await using RawConnection tls = await DialAsync(echo, new TlsClientOptions());
        await Eventually.TrueAsync(() => echo.OpenConnections == 1, TimeSpan.FromSeconds(10));
        await echo.DisposeAsync();
        Assert.Empty(await tls.ReadToCloseAsync());
        Assert.Equal(0, echo.OpenConnections);
    }

    public void Dispose() => _ca.Dispose();

    private static async Task<RawConnection> DialAsync(TlsEcho echo, TlsClientOptions options)
    {
        RawConnection connection = await RawConnection.DialAsync(echo.EndPoint);
        return await connection.StartTlsAsync(options);
    }
}
