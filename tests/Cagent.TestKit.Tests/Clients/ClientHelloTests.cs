// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Tcp;

namespace Cagent.TestKit.Tests.Clients;

public sealed class ClientHelloTests
{
    private const byte Alert = 21;
    private const byte Handshake = 22;

    [Theory]
    [InlineData("pin.example.com", false)]
    [InlineData("PIN.Example.COM", true)]
    public async Task Hello_OneName_IsAnswered(string name, bool hasEncryptedHello)
    {
        (byte first, IReadOnlyList<string?> names) = await SendAsync(new ClientHello { ServerNames = [name], HasEncryptedClientHello = hasEncryptedHello });
        Assert.Equal(Handshake, first);
        Assert.Equal([name], names);
    }

    [Fact]
    public async Task Hello_NoName_IsAnswered()
    {
        (byte first, IReadOnlyList<string?> names) = await SendAsync(new ClientHello());
        Assert.Equal(Handshake, first);
        Assert.Equal([null], names);
    }

    [Fact]
    public async Task Hello_TwoNames_IsRefusedByAnHonestServer()
    {
        (byte first, _) = await SendAsync(new ClientHello { ServerNames = ["a.example.com", "b.example.com"] });
        Assert.Equal(Alert, first);
    }

    private static async Task<(byte First, IReadOnlyList<string?> Names)> SendAsync(ClientHello hello)
    {
        using TestCa ca = new();
        await using TlsEcho echo = TlsEcho.Start(new TlsEchoOptions { Certificate = ca.Issue("pin.example.com") });
        await using RawConnection connection = await RawConnection.DialAsync(echo.EndPoint);
        await connection.SendAsync(hello.ToBytes());
        return ((await connection.ReadBytesAsync(1))[0], echo.ServerNames);
    }
}
