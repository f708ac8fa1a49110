// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Cagent.Grpc.Client;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.Grpc.Tls;
using Cagent.TestKit.Certificates;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Tls;

public class MutualTlsTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Call_GoodClientCertificate_IsServedWithItsNamesAsIdentity(SslProtocols version)
    {
        await using TlsHost host = await TlsHost.StartAsync();
        SslProtocols negotiated = default;
        host.Host.Service.OnUnary = (_, context) => Task.FromResult(new EchoResponse
        {
            Text = $"{context.AuthContext.IsPeerAuthenticated} {context.AuthContext.PeerIdentityPropertyName} {string.Join(' ', context.AuthContext.PeerIdentity.Select(name => name.Value))}",
        });
        X509Certificate2 certificate = host.Own(host.Ca.IssueClient("node.test", "spiffe://test/ns/a/sa/b", "10.1.2.3"));

        string identity = await host.CallAsync(host.Client(certificate, version, stream => negotiated = stream.SslProtocol));

        Assert.Equal("True x509_subject_alternative_name node.test spiffe://test/ns/a/sa/b 10.1.2.3", identity);
        Assert.Equal(version, negotiated);
    }

    [Fact]
    public async Task Call_ServerTlsOnly_IsServedWithoutIdentity()
    {
        await using TlsHost host = await TlsHost.StartAsync(withClients: false);
        host.Host.Service.OnUnary = (_, context) => Task.FromResult(new EchoResponse { Text = $"{context.AuthContext.IsPeerAuthenticated}" });

        Assert.Equal("False", await host.CallAsync(host.Client(null)));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("untrusted")]
    [InlineData("self-signed")]
    [InlineData("expired")]
    [InlineData("for a server")]
    public async Task Call_BadClientCertificate_NeverReachesAHandler(string kind)
    {
        await using TlsHost host = await TlsHost.StartAsync();
        int calls = 0;
        host.Host.Service.OnUnary = (_, _) =>
        {
            Interlocked.Increment(ref calls);
            return Task.FromResult(new EchoResponse());
        };
        TestCa stranger = host.Own(new TestCa("Somebody else"));
        X509Certificate2? certificate = kind switch
        {
            "missing" => null,
            "untrusted" => stranger.IssueClient("node.test"),
            "self-signed" => TestCa.IssueSelfSigned("node.test"),
            "expired" => host.Ca.IssueExpiredClient("node.test"),
            _ => host.Ca.Issue("node.test"),
        };

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => host.CallAsync(host.Client(certificate)));

        Assert.Equal(0, calls);
        Assert.Equal("good", await Served(host, "good"));
        certificate?.Dispose();
    }

    [Fact]
    public async Task Handshake_VersionThatIsOff_IsRefused()
    {
        await using TlsHost host = await TlsHost.StartAsync(tls => tls with { Protocols = SslProtocols.Tls13 });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => host.CallAsync(host.Client(Good(host), SslProtocols.Tls12)));
        Assert.Equal("1.3", await host.CallAsync(host.Client(Good(host), SslProtocols.Tls13), "1.3"));
    }

    [Fact]
    public async Task Handshake_Always_NegotiatesHttp2()
    {
        await using TlsHost host = await TlsHost.StartAsync();
        SslApplicationProtocol negotiated = default;

        await host.CallAsync(host.Client(Good(host), onConnected: stream => negotiated = stream.NegotiatedApplicationProtocol));

        Assert.Equal(SslApplicationProtocol.Http2, negotiated);
    }

    [Fact]
    public async Task Call_PlainTextToTheTlsPort_FailsAndTheServerLivesOn()
    {
        await using TlsHost host = await TlsHost.StartAsync();
        using HttpChannel plain = HttpChannel.ForAddress(new Uri($"http://127.0.0.1:{host.Port}"));

        RpcException e = await Assert.ThrowsAsync<RpcException>(
            async () => await new EchoService.EchoServiceClient(plain).UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience));

        Assert.Contains(e.StatusCode, new[] { StatusCode.Unavailable, StatusCode.Internal });
        Assert.Equal("alive", await Served(host, "alive"));
    }

    [Fact]
    public async Task Select_NameOfAnotherCertificate_GetsThatCertificate()
    {
        await using TlsHost host = await TlsHost.StartAsync();
        SniSelector selector = new(host.Certificate, new Dictionary<string, CertificateStore> { ["*.other.test"] = Other(host) });

        Assert.Same(host.Certificate, selector.Select(null));
        Assert.Same(host.Certificate, selector.Select("unknown.test"));
        Assert.Same(host.Certificate, selector.Select("deep.a.other.test"));
        Assert.NotSame(host.Certificate, selector.Select("A.OTHER.test"));
    }

    private static CertificateStore Other(TlsHost host)
    {
        using X509Certificate2 certificate = host.Ca.Issue("a.other.test");
        host.Folder.Write("other.crt", certificate.ExportCertificatePem());
        host.Folder.Write("other.key", TlsHost.KeyPem(certificate));
        return host.Own(CertificateStore.Open(host.Folder.Combine("other.crt"), host.Folder.Combine("other.key"), host.Logs, TimeProvider.System));
    }

    private static X509Certificate2 Good(TlsHost host) => host.Own(host.Ca.IssueClient("node.test"));

    private static Task<string> Served(TlsHost host, string text)
    {
        host.Host.Service.OnUnary = (request, _) => Task.FromResult(new EchoResponse { Text = request.Text });
        return host.CallAsync(host.Client(Good(host)), text);
    }
}
