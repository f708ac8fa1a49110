// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Tests.Protos;
using Cagent.Grpc.Tls;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Google.Protobuf;

namespace Cagent.Grpc.Tests.Tls;

/// <summary>A server with mutual TLS whose files a test can change, and clients with any certificate.</summary>
internal sealed class TlsHost : IAsyncDisposable
{
    private const string Name = "grpc.test";

    // Long: tests reload by hand, but for those that watch.
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly List<IDisposable> _owned = [];

    public TestCa Ca { get; } = new();

    public TemporaryFolder Folder { get; } = new();

    public TestHost Host { get; private set; } = null!;

    public CertificateStore Certificate { get; private set; } = null!;

    public TrustStore Trust { get; private set; } = null!;

    public static async Task<TlsHost> StartAsync(Func<ServerTls, ServerTls>? tls = null, TimeSpan? checkInterval = null, bool withClients = true)
    {
        TlsHost host = new();
        host.WritePair(host.Own(host.Ca.Issue(Name)));
        host.Folder.Write("clients.pem", host.Ca.RootPem);
        host.Host = await TestHost.StartAsync(options =>
        {
            host.Certificate = CertificateStore.Open(
                host.Folder.Combine("tls.crt"), host.Folder.Combine("tls.key"), host.Logs, TimeProvider.System, checkInterval ?? Never);
            host.Trust = TrustStore.Open(host.Folder.Combine("clients.pem"), host.Logs, TimeProvider.System, checkInterval ?? Never);
            ServerTls settings = new(host.Certificate) { Clients = withClients ? new ClientCertificatePolicy(host.Trust) : null };
            options.Endpoints.Add(GrpcEndpoint.Loopback(0) with { Tls = tls is null ? settings : tls(settings) });
        });
        host._owned.AddRange([host.Certificate, host.Trust]);
        return host;
    }

    public RecordingLoggerFactory Logs { get; } = new();

    public int Port => ((IPEndPoint)Host.Server.BoundEndpoints[^1]).Port;

    public T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    /// <summary>Writes a pair file by file, as a careless tool does.</summary>
    public void WritePair(X509Certificate2 certificate)
    {
        Folder.Write("tls.crt", certificate.ExportCertificatePem());
        Folder.Write("tls.key", KeyPem(certificate));
    }

    public static string KeyPem(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>A client of its own connection. It trusts the test's authority and shows <paramref name="certificate"/>.</summary>
    public HttpMessageInvoker Client(X509Certificate2? certificate, SslProtocols protocols = SslProtocols.None, Action<SslStream>? onConnected = null, string name = Name) =>
        Own(new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
                SslStream stream = new(new NetworkStream(socket, ownsSocket: true));
                await stream.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = name,
                        EnabledSslProtocols = protocols,
                        ApplicationProtocols = [SslApplicationProtocol.Http2],
                        ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                        CertificateChainPolicy = TrustPolicy(),
                    },
                    cancellationToken);
                onConnected?.Invoke(stream);
                return stream;
            },
        }));

    /// <summary>Makes a unary call and returns the echoed text.</summary>
    public async Task<string> CallAsync(HttpMessageInvoker client, string text = "hi")
    {
        using HttpResponseMessage response = await client.SendAsync(Request("Unary", new EchoRequest { Text = text }), CancellationToken.None).WaitAsync(TestHost.Patience);
        byte[] body = await response.Content.ReadAsByteArrayAsync().WaitAsync(TestHost.Patience);
        Assert.Equal("trailers:0", RawClient.Status(response));
        return EchoResponse.Parser.ParseFrom(body.AsSpan(5)).Text;
    }

    public Task<HttpResponseMessage> StreamAsync(HttpMessageInvoker client) =>
        client.SendAsync(Request("ServerStream", new EchoRequest()), CancellationToken.None).WaitAsync(TestHost.Patience);

    public async ValueTask DisposeAsync()
    {
        foreach (IDisposable client in _owned.OfType<HttpMessageInvoker>())
        {
            client.Dispose();
        }

        await Host.DisposeAsync();
        foreach (IDisposable resource in _owned)
        {
            resource.Dispose();
        }

        Ca.Dispose();
        Folder.Dispose();
    }

    private X509ChainPolicy TrustPolicy()
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(Ca.Trust());
        return policy;
    }

    private HttpRequestMessage Request(string method, IMessage message)
    {
        byte[] payload = message.ToByteArray();
        byte[] body = [0, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
        HttpRequestMessage request = new(HttpMethod.Post, $"https://{Name}:{Port}/cagent.grpc.tests.v1.EchoService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/grpc");
        return request;
    }
}
