// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Compiler.Lowering;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;

namespace Cagent.Compiler.Envoy;

/// <summary>The whole snapshot of one policy, in make-before-break order: clusters, secrets, listeners, routes.</summary>
internal static class EgressResources
{
    public static ImmutableArray<EnvoyResource> Emit(EgressIr ir) =>
    [
        .. InternalClusters.Constant().Select(cluster => new EnvoyResource(cluster.Name, cluster)),
        .. ir.Entries.Where(entry => entry.Kind != EntryKind.Plain).Select(InternalClusters.Gate).Select(cluster => new EnvoyResource(cluster.Name, cluster)),
        .. ir.Entries.Where(entry => !entry.Key.Host.IsWildcard).SelectMany(entry => UpstreamClusters.Of(entry, ir.Resolvers)).Select(cluster => new EnvoyResource(cluster.Name, cluster)),
        .. WildcardClusters.Of(ir).Select(cluster => new EnvoyResource(cluster.Name, cluster)),
        .. ir.Cas.Select(ca => new EnvoyResource(ca.Key, new Secret
        {
            Name = ca.Key,
            ValidationContext = new CertificateValidationContext { TrustedCa = new DataSource { InlineBytes = ca.Value } },
        })),
        new(EnvoyNames.FwdListener, FwdListener.Emit(ir)),
        new(EnvoyNames.GateListener, InternalListeners.Gate()),
        new(EnvoyNames.BumpListener, BumpListener.Emit(ir)),
        new(EnvoyNames.SpliceListener, InternalListeners.Splice()),
        new(EnvoyNames.DialListener, InternalListeners.Dial(ir)),
        new(EnvoyNames.FwdRoutes, FwdRoutes.Emit(ir)),
        new(EnvoyNames.WebRoutes, WebRoutes.Emit(ir)),
        new(EnvoyNames.DialRoutes, DialRoutes.Emit(ir)),
    ];
}
