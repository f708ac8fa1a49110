// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.Secrets.Interception;
using Cagent.Secrets.Tests.Support;
using Cagent.TestKit.Files;
using Cagent.TestKit.Time;

namespace Cagent.Secrets.Tests.Interception;

public sealed class LeafIssuerTests : IDisposable
{
    private readonly TemporaryFolder _state = new();
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());
    private readonly InterceptionCa _ca;

    public LeafIssuerTests() => _ca = Pki.Open(_state, _time);

    public void Dispose()
    {
        _ca.Dispose();
        _state.Dispose();
    }

    [Fact]
    public void TryIssue_AHost_HasOneNameAndOnePurpose()
    {
        Leaf leaf = Issue("api.good.test");
        X509Certificate2[] chain = Pki.Certificates(leaf.ChainPem);
        Assert.Equal(2, chain.Length);
        Assert.Equal(_ca.Certificate.Thumbprint, chain[1].Thumbprint);
        X509SubjectAlternativeNameExtension names = Assert.Single(chain[0].Extensions.OfType<X509SubjectAlternativeNameExtension>());
        Assert.Equal(["api.good.test"], names.EnumerateDnsNames());
        Assert.Empty(names.EnumerateIPAddresses());
        Assert.DoesNotContain("good.test", chain[0].Subject, StringComparison.Ordinal);
        Assert.Equal("1.3.6.1.5.5.7.3.1", Assert.Single(Assert.Single(chain[0].Extensions.OfType<X509EnhancedKeyUsageExtension>()).EnhancedKeyUsages.Cast<Oid>()).Value);
        Assert.False(Assert.Single(chain[0].Extensions.OfType<X509BasicConstraintsExtension>()).CertificateAuthority);
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, Assert.Single(chain[0].Extensions.OfType<X509KeyUsageExtension>()).KeyUsages);
        Assert.Equal(
            Assert.Single(_ca.Certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>()).SubjectKeyIdentifierBytes.ToArray(),
            Assert.Single(chain[0].Extensions.OfType<X509AuthorityKeyIdentifierExtension>()).KeyIdentifier!.Value.ToArray());
    }

    [Fact]
    public void TryIssue_AHost_VerifiesWithinItsTimeOnly()
    {
        Leaf leaf = Issue("api.good.test");
        DateTimeOffset now = _time.GetUtcNow();
        Assert.Equal("", Pki.Verify(leaf.ChainPem, _ca.Trusted, now));
        Assert.Equal("", Pki.Verify(leaf.ChainPem, _ca.Trusted, now.AddMinutes(-59)));
        Assert.Equal("", Pki.Verify(leaf.ChainPem, _ca.Trusted, leaf.NotAfter.AddSeconds(-1)));
        Assert.Contains("NotTimeValid", Pki.Verify(leaf.ChainPem, _ca.Trusted, leaf.NotAfter.AddSeconds(1)), StringComparison.Ordinal);
        Assert.InRange(leaf.NotAfter - leaf.NotBefore, TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
    }

    [Fact]
    public void TryIssue_Twice_AnotherKeyAndAnotherPositiveSerial()
    {
        Leaf[] leaves = [.. Enumerable.Range(0, 200).Select(_ => Issue("api.good.test"))];
        Assert.Equal(200, leaves.Select(leaf => leaf.Serial).Distinct().Count());
        Assert.Equal(200, leaves.Select(leaf => leaf.KeyPem.Reveal()).Distinct().Count());
        Assert.All(leaves, leaf =>
        {
            byte[] serial = Pki.Certificates(leaf.ChainPem)[0].SerialNumberBytes.ToArray();
            Assert.Equal(leaf.Serial, Convert.ToHexStringLower(serial));
            Assert.Equal(16, serial.Length);
            Assert.InRange(serial[0], 0x40, 0x7F);
        });
    }

    [Fact]
    public void TryIssue_LongestName_Works()
    {
        string name = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        Assert.Equal("", Pki.Verify(Issue(name).ChainPem, _ca.Trusted, _time.GetUtcNow()));
    }

    [Fact]
    public void TryIssue_Address_IsRefused()
    {
        LeafIssuer issuer = new(_ca, new LeafOptions(), _time);
        Assert.Null(issuer.TryIssue(Pki.Host("192.0.2.1")));
        Assert.Null(issuer.TryIssue(Pki.Host("2001:db8::1")));
    }

    [Fact]
    public void TryIssue_NearTheEndOfTheCa_NeverOutlivesIt()
    {
        LeafIssuer issuer = new(_ca, new LeafOptions(), _time);
        _time.Advance(_ca.Certificate.NotAfter - _time.GetUtcNow() - TimeSpan.FromDays(1));
        Leaf leaf = issuer.TryIssue(Pki.Host("api.good.test"))!;
        Assert.Equal(_ca.Certificate.NotAfter, leaf.NotAfter);
        Assert.False(issuer.CanOutlive(leaf));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Null(issuer.TryIssue(Pki.Host("api.good.test")));
    }

    [Fact]
    public void ToString_OfALeaf_ShowsNoKey() => Assert.DoesNotContain("PRIVATE", Issue("api.good.test").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("api.good.test", true)]
    [InlineData("other.good.test", false)]
    [InlineData("sub.api.good.test", false)]
    public async Task Handshake_ClientThatTrustsTheCa_AcceptsTheOneNameOnly(string asked, bool isAccepted)
    {
        Leaf leaf = Issue("api.good.test");
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(leaf.KeyPem.Reveal());
        X509Certificate2[] chain = Pki.Certificates(leaf.ChainPem);
        using X509Certificate2 withKey = chain[0].CopyWithPrivateKey(key);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient client = new();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient accepted = await listener.AcceptTcpClientAsync();
        await using SslStream server = new(accepted.GetStream());
        await using SslStream tls = new(client.GetStream());
        Task serving = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(withKey, [chain[1]], offline: true) });
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_ca.Trusted.ToArray());
        Task connecting = tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = asked, CertificateChainPolicy = policy });
        if (!isAccepted)
        {
            await Assert.ThrowsAsync<AuthenticationException>(() => connecting);
            accepted.Close();
            await Record.ExceptionAsync(() => serving);
            return;
        }
        await Task.WhenAll(connecting, serving).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(tls.IsAuthenticated);
    }

    private Leaf Issue(string host) => new LeafIssuer(_ca, new LeafOptions(), _time).TryIssue(Pki.Host(host))!;
}
