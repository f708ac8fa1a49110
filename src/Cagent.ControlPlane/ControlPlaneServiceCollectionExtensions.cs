// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.PolicySource;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Quarantine;
using Cagent.ControlPlane.Revisions;
using Cagent.ControlPlane.Unix;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane;

/// <summary>Adds the control plane and, where there is one, the Envoy that it supervises.</summary>
public static class ControlPlaneServiceCollectionExtensions
{
    /// <summary>Needs an xDS server and a credential store.</summary>
    public static IServiceCollection AddControlPlane(this IServiceCollection services, ControlPlaneOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services
            .AddSingleton<EnvoyMetrics>()
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<EnvoyVersionGate>(provider, options))
            .AddSingleton(provider => new LastGoodStore(options.RevisionsFolder, provider.GetRequiredService<ILogger<LastGoodStore>>()))
            .AddSingleton(provider => new RejectedRevisions(options.RevisionsFolder, provider.GetRequiredService<ILogger<RejectedRevisions>>()))
            .AddSingleton(_ => QuarantineList.Open(options.QuarantineFile))
            .AddSingleton(provider => new RevisionBuilder(options.Deployment, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<QuarantineList>()))
            .AddSingleton<RevisionPublisher>()
            .AddSingleton<IRevisionSource>(provider => provider.GetRequiredService<RevisionPublisher>())
            .AddSingleton<LimitConfigServer>()
            .AddSingleton(provider => new PolicyFileWatcher(
                options.PolicyFile, new PolicyFileWatcherOptions(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PolicyFileWatcher>>()))
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<PolicyPipeline>(provider, options.PolicyFile, options.Overlays));
    }

    /// <summary>What the Envoy of this machine is supervised, asked and cut through.</summary>
    public static IServiceCollection AddEnvoySockets(this IServiceCollection services, SocketPaths sockets)
    {
        ArgumentNullException.ThrowIfNull(sockets);
        return services
            .AddSingleton(_ => new EnvoyAdminClient(sockets.Admin))
            .AddSingleton(provider => new TunnelCutter(sockets.Cut, provider.GetRequiredService<EnvoyAdminClient>(), new TunnelCutterOptions(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TunnelCutter>>()));
    }
}
