// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Slots;
using Cagent.ExtAuthz.RateLimits;
using Cagent.ExtAuthz.Slots;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cagent.ExtAuthz;

/// <summary>Adds the decision engine and its gRPC service.</summary>
public static class ExtAuthzServiceCollectionExtensions
{
    /// <summary>Needs a credential store and a revision source.</summary>
    public static IServiceCollection AddExtAuthz(this IServiceCollection services, Action<ExtAuthzOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .Configure(configure ?? (_ => { }))
            .AddSingleton<DecisionEngine>()
            .AddSingleton(provider => new WildcardNames(provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<ExtAuthzMetrics>()
            .AddSingleton<AgentSlots>()
            .AddSingleton<IHeldStreams>(provider => provider.GetRequiredService<AgentSlots>())
            .AddSingleton<RequestBounds>()
            .AddSingleton<TokenBuckets>()
            .AddSingleton<LimitService>()
            .AddSingleton<AuthzService>();
    }
}
