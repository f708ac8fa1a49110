// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.Grpc.Client;
using Cagent.Grpc.Server;
using Cagent.Grpc.Tls;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;
using Cagent.Xds.Authorization;
using Cagent.Xds.Tests.Streams;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds.Tests.Authorization;

/// <summary>
/// An xDS server over mutual TLS. The nodes egress-1 and egress-2 belong to the certificates with the URIs spiffe://site/egress-1 and -2;
/// no other node is known, and the name "operator" may read the status. Each node is a group of its own.
/// </summary>
internal sealed class SecureHost : IAsyncDisposable
{
    private const string ServerName = "xds.test";
    private readonly TestCa _ca = new();
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLoggerFactory _logs = new();
    private readonly List<IDisposable> _owned = [];

    public XdsHost Host { get; private set; } = null!;

    public static async Task<SecureHost> StartAsync(Func<XdsServerOptions, XdsServerOptions>? change = null, bool isCertificateAsked = true)
    {
        SecureHost secure = new();
        X509Certificate2 certificate = secure.Own(secure._ca.Issue(ServerName));
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        CertificateStore store = secure.Own(CertificateStore.Open(
            secure._folder.Write("tls.crt", certificate.ExportCertificatePem()), secure._folder.Write("tls.key", key.ExportPkcs8PrivateKeyPem()), secure._logs, TimeProvider.System));
        TrustStore trust = secure.Own(TrustStore.Open(secure._folder.Write("clients.pem", secure._ca.RootPem), secure._logs, TimeProvider.System));
        XdsServerOptions options = new()
        {
            GroupOf = node => node.Id,
            Authorizer = new SubjectNameAuthorizer(node => node.Id is "egress-1" or "egress-2" ? [$"spiffe://site/{node.Id}"] : [], ["operator"]),
        };
        secure.Host = await XdsHost.StartAsync(change?.Invoke(options) ?? options, transport => transport.Endpoints.Add(
            GrpcEndpoint.Loopback(0) with { Tls = new ServerTls(store) { Clients = isCertificateAsked ? new ClientCertificatePolicy(trust) : null } }));
        secure.Host.Server.Publish("egress-1", Snapshots.Of("r1", "cds/one=1"));
        secure.Host.Server.Publish("egress-2", Snapshots.Of("r2", "cds/two=1"));
        return secure;
    }

    /// <summary>A channel with a connection of its own that shows a certificate with these names; none without names.</summary>
    public CallInvoker Connect(params string[] names)
    {
        X509Certificate2? certificate = names.Length > 0 ? Own(_ca.IssueClient(names)) : null;
        return Own(HttpChannel.ForAddress(new Uri($"https://127.0.0.1:{Host.Port}"), new HttpChannelOptions
        {
            Tls = () => new SslClientAuthenticationOptions
            {
                TargetHost = ServerName,
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                CertificateChainPolicy = TrustPolicy(),
            },
        })).CreateCallInvoker();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HttpChannel channel in _owned.OfType<HttpChannel>())
        {
            channel.Dispose();
        }

        await Host.DisposeAsync();
        foreach (IDisposable resource in _owned)
        {
            resource.Dispose();
        }

        _ca.Dispose();
        _folder.Dispose();
        Assert.DoesNotContain(_logs.Entries, entry => entry.Level >= LogLevel.Error);
    }

    private X509ChainPolicy TrustPolicy()
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(_ca.Trust());
        return policy;
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }
}
