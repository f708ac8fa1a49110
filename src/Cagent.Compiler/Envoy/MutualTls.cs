// SPDX-License-Identifier: Apache-2.0
using Cagent.Compiler.Lowering;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using NetworkSetFilterState = Envoy.Extensions.Filters.Network.SetFilterState.V3.Config;
using TlsProtocol = Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters.Types.TlsProtocol;

namespace Cagent.Compiler.Envoy;

/// <summary>TLS between an agent and the proxy, with a client certificate that carries a SPIFFE ID.</summary>
internal static class MutualTls
{
    /// <summary>
    /// Without a certificate of a known CA there is no connection. No session is resumed: each connection is held against the CAs of its moment. Both
    /// certificates come over SDS, so that neither their rotation nor a policy changes a byte of the listener.
    /// </summary>
    public static TransportSocket Socket() => TypedConfig.Socket("envoy.transport_sockets.tls", new DownstreamTlsContext
    {
        RequireClientCertificate = true,
        DisableStatelessSessionResumption = true,
        DisableStatefulSessionResumption = true,
        CommonTlsContext = new CommonTlsContext
        {
            TlsParams = new TlsParameters { TlsMinimumProtocolVersion = TlsProtocol.Tlsv12, TlsMaximumProtocolVersion = TlsProtocol.Tlsv13 },
            AlpnProtocols = { "http/1.1" },
            TlsCertificateSdsSecretConfigs = { Secret(EnvoyNames.ProxySecret) },
            ValidationContextSdsSecretConfig = Secret(EnvoyNames.TrustSecret),
        },
    });

    /// <summary>
    /// The names in the certificate, after the handshake: several are joined to one text, which is no SPIFFE ID. Never the subject nor a DNS name,
    /// which other validators fall back to.
    /// </summary>
    public static NetworkSetFilterState Source(AgentListenerIr listener)
    {
        NetworkSetFilterState state = FilterState.OnConnection(FilterState.ConnectionId());
        state.OnDownstreamTlsHandshake.Add(FilterState.Bounded(
            EnvoyNames.SourceState, $"{EnvoyNames.SpiffeSource}{listener.Name}@{AgentChain.RemoteOf(listener)}@%DOWNSTREAM_PEER_URI_SAN%"));
        return state;
    }

    /// <summary>The CAs, each for its own trust domain only: one domain's CA must not make agents of another. Envoy wants at least one.</summary>
    public static IEnumerable<Secret> Trust(EgressIr ir)
    {
        if (!ir.Listeners.Any(listener => listener.IsMutualTls))
        {
            yield break;
        }

        SPIFFECertValidatorConfig config = new()
        {
            TrustDomains =
            {
                ir.TrustBundles.Select(bundle => new SPIFFECertValidatorConfig.Types.TrustDomain
                {
                    Name = bundle.Key, TrustBundle = new DataSource { InlineBytes = bundle.Value },
                }),
            },
        };
        yield return new Secret
        {
            Name = EnvoyNames.TrustSecret,
            ValidationContext = new CertificateValidationContext
            {
                CustomValidatorConfig = TypedConfig.Extension("envoy.tls.cert_validator.spiffe", config),
            },
        };
    }

    private static SdsSecretConfig Secret(string name) => new() { Name = name, SdsConfig = XdsConfigSource.Ads() };
}
