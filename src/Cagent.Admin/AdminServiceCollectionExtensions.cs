// SPDX-License-Identifier: Apache-2.0
using Cagent.Admin.Journal;
using Cagent.Admin.Quarantine;
using Cagent.Admin.Statuses;
using Cagent.Grpc.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Cagent.Admin;

/// <summary>Adds the admin API.</summary>
public static class AdminServiceCollectionExtensions
{
    /// <summary>Needs the control plane and an xDS server.</summary>
    public static IServiceCollection AddAdmin(this IServiceCollection services, AdminOptions options) => services
        .AddSingleton(options)
        .AddSingleton<AdminJournal>()
        .AddSingleton<QuarantineServiceHandler>()
        .AddSingleton<StatusFeed>()
        .AddSingleton<StatusServiceHandler>()
        .AddSingleton<HealthService>()
        .AddSingleton<AdminApi>();
}
