// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;

namespace Cagent.Compiler.Envoy;

/// <summary>The whole snapshot of one policy, in make-before-break order: clusters, secrets, listeners, routes, filters.</summary>
internal static class EgressResources
{
    /// <summary>Emits; a previous result saves time and changes nothing.</summary>
    public static EncodedPolicy Emit(EgressIr ir, EncodedPolicy? previous)
    {
        EncodedClusters clusters = EncodedClusters.Emit(ir, previous?.Clusters);
        EncodedRoutes fwd = FwdRoutes.Emit(ir, previous?.Fwd);
        EncodedRoutes web = WebRoutes.Emit(ir, previous?.Web);
        EncodedRoutes dial = DialRoutes.Emit(ir, previous?.Dial);
        ImmutableArray<EnvoyResource> resources =
        [
            .. InternalClusters.Constant().Select(cluster => EnvoyResource.Of(cluster.Name, cluster)),
            .. TransparentListeners.Clusters(ir).Select(cluster => EnvoyResource.Of(cluster.Name, cluster)),
            .. ir.Agents.SelectMany(InternalClusters.OfAgent).Select(cluster => EnvoyResource.Of(cluster.Name, cluster)),
            .. clusters.Gates,
            .. clusters.Upstreams,
            .. WildcardClusters.Of(ir).Select(cluster => EnvoyResource.Of(cluster.Name, cluster)),
            .. ir.Cas.Select(ca => EnvoyResource.Of(ca.Key, new Secret
            {
                Name = ca.Key,
                ValidationContext = new CertificateValidationContext { TrustedCa = new DataSource { InlineBytes = ca.Value } },
            })),
            .. MutualTls.Trust(ir).Select(secret => EnvoyResource.Of(secret.Name, secret)),
            EnvoyResource.Of(EnvoyNames.FwdListener, FwdListener.Emit(ir)),
            EnvoyResource.Of(EnvoyNames.GateListener, InternalListeners.Gate()),
            EnvoyResource.Of(EnvoyNames.BumpListener, BumpListener.Emit(ir)),
            EnvoyResource.Of(EnvoyNames.SpliceListener, InternalListeners.Splice()),
            EnvoyResource.Of(EnvoyNames.DialListener, InternalListeners.Dial(ir)),
            .. AgentListeners.Of(ir).Select(listener => EnvoyResource.Of(listener.Name, listener)),
            .. TransparentListeners.Of(ir).Select(listener => EnvoyResource.Of(listener.Name, listener)),
            fwd.Resource,
            web.Resource,
            dial.Resource,
            .. RateLimits.Of(ir).Select(slot => EnvoyResource.Of(slot.Name, slot)),
        ];
        return new EncodedPolicy(resources, clusters, fwd, web, dial);
    }
}
