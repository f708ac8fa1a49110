// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Cagent.Grpc.Client;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.Grpc.Tests.Tls;
using Cagent.Grpc.Tls;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Files;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Grpc.Tests.Client;

public sealed class TlsTests : IDisposable
{
    private readonly TestCa _ca = new();
    private readonly TestCa _otherCa = new("Other Root");
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _serverCertificate;
    private readonly CertificateStore _store;
    private readonly TrustStore _trust;

    public TlsTests()
    {
        _serverCertificate = _ca.Issue("echo.test", "127.0.0.1");
        _folder.Write("tls.crt", _serverCertificate.ExportCertificatePem());
        _folder.Write("tls.key", TlsHost.KeyPem(_serverCertificate));
        _store = CertificateStore.Open(_folder.Combine("tls.crt"), _folder.Combine("tls.key"), NullLoggerFactory.Instance, TimeProvider.System);
        _trust = TrustStore.Open(_ca.RootFile, NullLoggerFactory.Instance, TimeProvider.System);
    }

    public void Dispose()
    {
        _store.Dispose();
        _trust.Dispose();
        _serverCertificate.Dispose();
        _ca.Dispose();
        _otherCa.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Call_ServerIsTrusted_Works()
    {
        await using EchoServer server = await StartAsync();
        using HttpChannel channel = Channel(server, () => Trusting(_ca));

        await CallAsync(channel);

        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task Call_ServerIsNotTrusted_IsUnavailable()
    {
        await using EchoServer server = await StartAsync();
        using HttpChannel channel = Channel(server, () => Trusting(_otherCa));

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Equal(ConnectivityState.TransientFailure, channel.State);
        Assert.Equal(0, server.Calls);
    }

    [Fact]
    public async Task Call_WithoutSettings_TrustsWhatTheSystemTrustsOnly()
    {
        await using EchoServer server = await StartAsync();
        using HttpChannel channel = Channel(server, null);

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel))).StatusCode);
    }

    [Fact]
    public async Task Call_NameIsNotInTheCertificate_IsUnavailable()
    {
        await using EchoServer server = await StartAsync();
        using HttpChannel channel = Channel(server, () =>
        {
            SslClientAuthenticationOptions options = Trusting(_ca);
            options.TargetHost = "other.test";
            return options;
        });

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel))).StatusCode);
    }

    [Fact]
    public async Task Call_ServerSpeaksOnlyHttp1_IsUnavailable()
    {
        await using TlsEchoServer server = new(_serverCertificate);
        using HttpChannel channel = HttpChannel.ForAddress(server.Address, new HttpChannelOptions { Tls = () => Trusting(_ca) });

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel));

        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
        Assert.Contains("does not speak HTTP/2", e.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MutualTls_ClientHasACertificate_ServerKnowsItAndANewOneCountsFromTheNextConnection()
    {
        List<string> peers = [];
        string path = _folder.Combine("s");
        EchoServer server = await StartAsync(requireClient: true, path);
        using X509Certificate2 first = _ca.IssueClient("client-1");
        using X509Certificate2 second = _ca.IssueClient("client-2");
        X509Certificate2 current = first;
        using HttpChannel channel = HttpChannel.ForUnixSocket(path, new HttpChannelOptions { Tls = () => Options() });
        Record(server);
        await CallAsync(channel);
        current = second;
        await CallAsync(channel);

        await server.DisposeAsync();
        await using EchoServer restarted = await StartAsync(requireClient: true, path);
        Record(restarted);
        using CancellationTokenSource late = new(TestHost.Patience);
        if (channel.State == ConnectivityState.Ready)
        {
            await channel.WaitForStateChangedAsync(ConnectivityState.Ready, late.Token);
        }

        await CallAsync(channel);

        Assert.Equal(["client-1", "client-1", "client-2"], peers);

        SslClientAuthenticationOptions Options()
        {
            SslClientAuthenticationOptions options = Trusting(_ca);
            options.TargetHost = "echo.test";
            options.ClientCertificateContext = SslStreamCertificateContext.Create(current, null, offline: true);
            return options;
        }

        void Record(EchoServer of) => of.Service.OnUnary = (_, context) =>
        {
            peers.Add(context.AuthContext.PeerIdentity.Single().Value);
            return Task.FromResult(new EchoResponse());
        };
    }

    [Fact]
    public async Task MutualTls_ClientHasNoCertificate_IsUnavailable()
    {
        await using EchoServer server = await StartAsync(requireClient: true);
        using HttpChannel channel = Channel(server, () => Trusting(_ca));

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => CallAsync(channel))).StatusCode);
    }

    [Fact]
    public void Address_OfAnotherScheme_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => HttpChannel.ForAddress(new Uri("ftp://127.0.0.1")));
        Assert.Throws<ArgumentException>(() => HttpChannel.ForAddress(new Uri("/relative", UriKind.Relative)));
    }

    private static async Task CallAsync(HttpChannel channel) =>
        await new EchoService.EchoServiceClient(channel).UnaryAsync(new EchoRequest()).ResponseAsync.WaitAsync(TestHost.Patience);

    private static SslClientAuthenticationOptions Trusting(TestCa ca) => new()
    {
        CertificateChainPolicy = Policy(ca),
    };

    private static X509ChainPolicy Policy(TestCa ca)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(ca.Trust());
        return policy;
    }

    private static HttpChannel Channel(EchoServer server, Func<SslClientAuthenticationOptions>? tls) =>
        HttpChannel.ForAddress(new Uri($"https://{server.EndPoint}"), new HttpChannelOptions { Tls = tls });

    private async Task<EchoServer> StartAsync(bool requireClient = false, string? path = null)
    {
        ServerTls tls = new(_store) { Clients = requireClient ? new ClientCertificatePolicy(_trust) : null };
        EndPoint endPoint = path is null ? new IPEndPoint(IPAddress.Loopback, 0) : new System.Net.Sockets.UnixDomainSocketEndPoint(path);
        return await EchoServer.StartAsync(endPoint, options =>
        {
            options.Endpoints.Clear();
            options.Endpoints.Add(new GrpcEndpoint(endPoint) { Tls = tls });
        });
    }

    /// <summary>A TLS server that negotiates HTTP/1.1.</summary>
    private sealed class TlsEchoServer : IAsyncDisposable
    {
        private readonly System.Net.Sockets.TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public TlsEchoServer(X509Certificate2 certificate)
        {
            _listener.Start();
            _serving = ServeAsync(certificate);
        }

        public Uri Address => new($"https://{_listener.LocalEndpoint}");

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
        }

        private async Task ServeAsync(X509Certificate2 certificate)
        {
            try
            {
                using System.Net.Sockets.TcpClient client = await _listener.AcceptTcpClientAsync();
                await using SslStream tls = new(client.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate });
                await tls.ReadExactlyAsync(new byte[1]);
            }
            catch (Exception e) when (e is IOException or AuthenticationException or System.Net.Sockets.SocketException)
            {
                // The client has turned away, as it must.
            }
        }
    }
}
