// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Cagent.Grpc.Tls;

/// <summary>The TLS of an endpoint. Each handshake takes what the stores hold at that moment. Immutable, thread-safe.</summary>
/// <param name="Certificate">The server's certificate, also for clients that ask for no name or an unknown one.</param>
public sealed record ServerTls(CertificateStore Certificate)
{
    /// <summary>Other certificates by the name that the client asks for, such as <c>a.example</c> or <c>*.b.example</c>. Default: none.</summary>
    public IReadOnlyDictionary<string, CertificateStore> CertificatesByName { get; init; } = ImmutableDictionary<string, CertificateStore>.Empty;

    /// <summary>Who may connect; null lets everybody in who trusts the server, without an identity.</summary>
    public ClientCertificatePolicy? Clients { get; init; }

    /// <summary>The versions of TLS. Default: 1.2 and 1.3.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>How long a handshake may take. Default: 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    internal TlsHandshakeCallbackOptions ToKestrel(IReadOnlyList<SslApplicationProtocol> applicationProtocols)
    {
        SniSelector certificates = new(Certificate, CertificatesByName);
        return new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = HandshakeTimeout,
            OnConnection = context => ValueTask.FromResult(Options(certificates.Select(context.ClientHelloInfo.ServerName), applicationProtocols)),
        };
    }

    private SslServerAuthenticationOptions Options(CertificateStore certificate, IReadOnlyList<SslApplicationProtocol> applicationProtocols)
    {
        SslServerAuthenticationOptions options = new()
        {
            ServerCertificateContext = certificate.Current,
            EnabledSslProtocols = Protocols,
            ApplicationProtocols = [.. applicationProtocols],
            AllowRenegotiation = false,
        };
        Clients?.Apply(options);
        return options;
    }
}
