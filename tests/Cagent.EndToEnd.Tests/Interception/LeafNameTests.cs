// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;
using Cagent.TestKit.Waiting;

namespace Cagent.EndToEnd.Tests.Interception;

/// <summary>Guarantee (A3, A6, A9, G14): inside a tunnel a certificate is made for the one canonical spelling of an allowed name, and for nothing else.</summary>
public sealed class LeafNameTests(LeafDeployment shared) : IClassFixture<LeafDeployment>
{
    private const string Minted = "Minted a leaf";
    private const string NotCanonical = "Refused a leaf: NotCanonical";

    // Of every line about a leaf.
    private const string Asked = " a leaf";

    // A TLS record with a ServerHello or a certificate; what is refused gets an alert, nothing, or an answer in plain text.
    private const byte Handshake = 22;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    // Envoy gives up on an unanswered question after 11 s; a refusal is there at once.
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    private Deployment Deployment => shared.Deployment;

    /// <summary>The gate before TLS holds the name against that of the CONNECT, whatever their case: none of these is even asked for.</summary>
    [EnvoyTheory]
    [InlineData("")]
    [InlineData("api.leaf.example.com.")]
    [InlineData("api_leaf.example.com")]
    [InlineData("*.wild.leaf.example.com")]
    [InlineData("bücher.leaf.example.com")]
    [InlineData("api.leaf。example.com")]
    [InlineData("127.0.0.1")]
    [InlineData("2001:db8::1")]
    [InlineData("evil.example.com")]
    [InlineData("a.b.wild.leaf.example.com")]
    [InlineData("x.wild.leaf.example.com")]
    public Task Handshake_AnotherName_GetsNoCertificate(string serverName) =>
        AssertNotAskedAsync(new ClientHello { ServerNames = serverName.Length == 0 ? [] : [Bytes(serverName)] });

    /// <summary>Envoy asks for the certificate of these; each spelling would be one more secret in its memory.</summary>
    [EnvoyTheory]
    [InlineData(LeafDeployment.Host, "API.Leaf.Example.COM")]
    [InlineData("x." + LeafDeployment.Wildcard, "X.wild.leaf.example.com")]
    [InlineData(LeafDeployment.InternationalAscii, "XN--bcher-kva.leaf.example.com")]
    public async Task Handshake_UpperCase_IsRefusedAsNotCanonical(string host, string serverName)
    {
        await shared.WarmAsync();
        int refused = shared.CountOf(NotCanonical);
        int minted = shared.CountOf(Minted);
        await AssertRefusedAsync(host, host == LeafDeployment.Host ? shared.Api.Port : 443, new ClientHello { ServerNames = [serverName] });
        await Eventually.TrueAsync(() => shared.CountOf(NotCanonical) > refused, Limit, NotCanonical);
        Assert.Equal(minted, shared.CountOf(Minted));
    }

    [EnvoyFact]
    public Task Handshake_TwoNames_GetsNoCertificate() => AssertNotAskedAsync(new ClientHello { ServerNames = [LeafDeployment.Host, "evil.example.com"] });

    [EnvoyFact]
    public async Task Handshake_TheALabel_GetsACertificateForIt()
    {
        await using RawConnection connection = await Deployment.OpenAsync(LeafDeployment.InternationalAscii, 443);
        Assert.Equal([LeafDeployment.InternationalAscii], NamesOf(connection.RemoteCertificate!));
    }

    [EnvoyFact]
    public async Task Handshake_AnAllowedName_GetsAShortLivedEcdsaLeafForItAlone()
    {
        await using RawConnection connection = await Deployment.OpenAsync(LeafDeployment.Host, shared.Api.Port);
        X509Certificate2 leaf = connection.RemoteCertificate!;
        Assert.Equal([LeafDeployment.Host], NamesOf(leaf));
        using ECDsa? key = leaf.GetECDsaPublicKey();
        Assert.Equal(256, key?.KeySize);
        Assert.InRange(leaf.NotAfter - leaf.NotBefore, TimeSpan.FromDays(1), TimeSpan.FromDays(7));
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 leaf) => leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames();

    /// <summary>One byte for each character, as the hello wants it, of the UTF-8 form.</summary>
    private static string Bytes(string name) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(name));

    private async Task AssertNotAskedAsync(ClientHello hello)
    {
        await shared.WarmAsync();
        int asked = shared.CountOf(Asked);
        int refused = shared.CountOf(NotCanonical);
        await AssertRefusedAsync(LeafDeployment.Host, shared.Api.Port, hello);
        // One that is asked for, so that every line about those before it has come.
        await AssertRefusedAsync(LeafDeployment.Host, shared.Api.Port, new ClientHello { ServerNames = [LeafDeployment.Host.ToUpperInvariant()] });
        await Eventually.TrueAsync(() => shared.CountOf(NotCanonical) > refused, Limit, NotCanonical);
        Assert.Equal(asked + 1, shared.CountOf(Asked));
    }

    private async Task AssertRefusedAsync(string host, int port, ClientHello hello)
    {
        await using (RawTunnel tunnel = await Deployment.Raw.ConnectAsync($"{host}:{port}"))
        {
            Assert.True(tunnel.IsOpen, "the tunnel itself is allowed");
            long start = TimeProvider.System.GetTimestamp();
            await tunnel.Connection.SendAsync(hello.ToBytes());
            byte[] answer = await tunnel.Connection.ReadToCloseAsync();
            Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, AtOnce);
            Assert.False(answer.Length > 0 && answer[0] == Handshake, "there is a ServerHello");
        }

        Assert.Equal(200, await shared.GetAsync());
    }
}
