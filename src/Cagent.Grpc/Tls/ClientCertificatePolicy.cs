// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography;

namespace Cagent.Grpc.Tls;

/// <summary>
/// Every client must show a certificate for client authentication that an authority of <paramref name="Roots"/> vouches for.
/// There is no way to let others in: a handshake without one fails. Immutable, thread-safe.
/// </summary>
/// <param name="Roots">The authorities.</param>
public sealed record ClientCertificatePolicy(TrustStore Roots)
{
    private static readonly Oid s_clientAuthentication = new("1.3.6.1.5.5.7.3.2");

    internal void Apply(SslServerAuthenticationOptions options)
    {
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = Roots.CreateChainPolicy(s_clientAuthentication);

        // A resumed session would be judged by the authorities of the time when it began.
        options.AllowTlsResume = false;
    }
}
