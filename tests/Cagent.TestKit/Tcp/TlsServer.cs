// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Cagent.TestKit.Tcp;

/// <summary>The server side of TLS for the raw servers.</summary>
internal static class TlsServer
{
    /// <summary>Options that present one certificate, report the server name asked for and take no resumed session.</summary>
    public static SslServerAuthenticationOptions Options(X509Certificate2 certificate, Action<string?> onServerName) => new()
    {
        AllowTlsResume = false,
        ServerCertificateSelectionCallback = (_, name) =>
        {
            onServerName(string.IsNullOrEmpty(name) ? null : name);
            return certificate;
        },
    };
}
