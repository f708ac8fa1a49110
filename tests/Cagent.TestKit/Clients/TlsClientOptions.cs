// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.TestKit.Clients;

/// <summary>How a raw client starts TLS.</summary>
public sealed record TlsClientOptions
{
    /// <summary>The server name to send; null sends no such extension.</summary>
    public string? ServerName { get; init; }

    /// <summary>The roots to trust; null takes any certificate.</summary>
    public X509Certificate2Collection? Trust { get; init; }

    /// <summary>The name that the certificate must hold; default <see cref="ServerName"/>. Only with <see cref="Trust"/>.</summary>
    public string? ExpectedName { get; init; }

    /// <summary>The certificate to show, with its key; null shows none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The versions to offer; default: the system's.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;

    /// <summary>The ALPN protocols to offer, best first; default <c>http/1.1</c>. Empty sends no such extension.</summary>
    public ImmutableArray<string> ApplicationProtocols { get; init; } = ["http/1.1"];

    internal SslClientAuthenticationOptions ToFramework() => new()
    {
        TargetHost = ServerName ?? "",
        AllowTlsResume = false,
        EnabledSslProtocols = Protocols,
        ClientCertificateContext = ClientCertificate is null ? null : SslStreamCertificateContext.Create(ClientCertificate, additionalCertificates: null, offline: true),
        ApplicationProtocols = ApplicationProtocols.IsEmpty ? null : [.. ApplicationProtocols.Select(protocol => new SslApplicationProtocol(protocol))],
        RemoteCertificateValidationCallback = (_, certificate, _, _) => Trust is null || Trusts(certificate as X509Certificate2),
    };

    private bool Trusts(X509Certificate2? certificate)
    {
        string? name = ExpectedName ?? ServerName;
        if (certificate is null || (name is not null && !certificate.MatchesHostname(name)))
        {
            return false;
        }

        using X509Chain chain = new() { ChainPolicy = Trusting(Trust!) };
        return chain.Build(certificate);
    }

    /// <summary>A chain policy that trusts the roots and nothing else.</summary>
    internal static X509ChainPolicy Trusting(X509Certificate2Collection roots)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }
}
