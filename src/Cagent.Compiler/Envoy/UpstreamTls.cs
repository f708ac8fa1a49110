// SPDX-License-Identifier: Apache-2.0
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Type.Matcher.V3;
using TlsProtocol = Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters.Types.TlsProtocol;

namespace Cagent.Compiler.Envoy;

/// <summary>Verified TLS to an upstream: a CA and a name, always both. Envoy accepts neither and then verifies nothing.</summary>
internal static class UpstreamTls
{
    /// <summary>SNI and SAN are the entry's host.</summary>
    public static TransportSocket Of(string host, string ca) => TypedConfig.Socket("envoy.transport_sockets.tls", new UpstreamTlsContext
    {
        Sni = host,
        CommonTlsContext = new CommonTlsContext
        {
            TlsParams = Versions(),
            CombinedValidationContext = new CommonTlsContext.Types.CombinedCertificateValidationContext
            {
                DefaultValidationContext = new CertificateValidationContext
                {
                    MatchTypedSubjectAltNames =
                    {
                        new SubjectAltNameMatcher { SanType = SubjectAltNameMatcher.Types.SanType.Dns, Matcher = new StringMatcher { Exact = host } },
                    },
                },
                ValidationContextSdsSecretConfig = Secret(ca),
            },
        },
    });

    /// <summary>For wildcards: the cluster's <c>auto_sni</c> and <c>auto_san_validation</c> bring the name.</summary>
    public static TransportSocket OfAnyName(string ca) => TypedConfig.Socket("envoy.transport_sockets.tls", new UpstreamTlsContext
    {
        CommonTlsContext = new CommonTlsContext { TlsParams = Versions(), ValidationContextSdsSecretConfig = Secret(ca) },
    });

    private static SdsSecretConfig Secret(string name) => new() { Name = name, SdsConfig = XdsConfigSource.Ads() };

    /// <summary>Both bounds: an Envoy client's maximum is 1.2 unless said (rule C6).</summary>
    private static TlsParameters Versions() => new()
    {
        TlsMinimumProtocolVersion = TlsProtocol.Tlsv12,
        TlsMaximumProtocolVersion = TlsProtocol.Tlsv13,
    };
}
