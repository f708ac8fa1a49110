// SPDX-License-Identifier: Apache-2.0
using Cagent.Audit.AccessLogs;
using Envoy.Service.Accesslog.V3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cagent.Audit;

/// <summary>Registers the access log.</summary>
public static class AuditServiceCollectionExtensions
{
    /// <summary>
    /// Adds Envoy's <see cref="AccessLogService.AccessLogServiceBase"/>, which the caller maps to its gRPC endpoint, the writer as a
    /// hosted service, and the metrics.
    /// </summary>
    public static IServiceCollection AddCagentAudit(this IServiceCollection services, Action<AuditOptions> configure)
    {
        services.AddOptions<AuditOptions>().Configure(configure).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<IValidateOptions<AuditOptions>, AuditOptionsValidator>();
        services.AddSingleton<AuditMetrics>();
        services.AddSingleton(provider => new AccessLogQueue(Options(provider).QueueCapacity, provider.GetRequiredService<AuditMetrics>()));
        services.AddSingleton<AccessLogIntake>();
        services.AddSingleton<AccessLogService.AccessLogServiceBase, AccessLogStreams>();
        services.AddSingleton<IHostedService>(provider => new AccessLogWriter(
            Options(provider), provider.GetRequiredService<AccessLogQueue>(), provider.GetRequiredService<AuditMetrics>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AccessLogWriter>>()));
        return services;
    }

    private static AuditOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<AuditOptions>>().Value;
}
