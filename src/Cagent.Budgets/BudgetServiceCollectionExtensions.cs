// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Budgets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cagent.Budgets;

/// <summary>Registers budgets.</summary>
public static class BudgetServiceCollectionExtensions
{
    /// <summary>
    /// Adds what ext_authz asks, what is told of streams, what status reads, and the writer as a hosted service. Needs a revision source and a tunnel cutter.
    /// </summary>
    public static IServiceCollection AddBudgets(this IServiceCollection services, Action<BudgetOptions> configure)
    {
        services.AddOptions<BudgetOptions>().Configure(configure).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<IValidateOptions<BudgetOptions>, BudgetOptionsValidator>();
        services.AddSingleton<BudgetMetrics>();
        services.AddSingleton<IStreamStopper, TunnelStopper>();
        services.AddSingleton<BudgetLedger>();
        services.AddSingleton<IRequestBudgets>(provider => provider.GetRequiredService<BudgetLedger>());
        services.AddSingleton<IStreamObserver>(provider => provider.GetRequiredService<BudgetLedger>());
        services.AddSingleton<IBudgetReport>(provider => provider.GetRequiredService<BudgetLedger>());
        services.AddSingleton<IBudgetStore>(provider => new SqliteBudgetStore(
            Path.Combine(Path.GetFullPath(provider.GetRequiredService<IOptions<BudgetOptions>>().Value.StateFolder), "budgets.db")));
        services.AddSingleton<IHostedService, BudgetWriter>();
        return services;
    }
}
