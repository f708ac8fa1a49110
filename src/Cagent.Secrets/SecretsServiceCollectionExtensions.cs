// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials;
using Cagent.Secrets.Credentials.Exec;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Gcp;
using Cagent.Secrets.Credentials.Http;
using Cagent.Secrets.Credentials.OAuth2;
using Cagent.Secrets.Credentials.Vault;
using Cagent.Secrets.Interception;
using Cagent.Secrets.Sds;
using Cagent.Xds.OnDemand;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cagent.Secrets;

/// <summary>Registers the secrets feature.</summary>
public static class SecretsServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ICredentialStore"/>, the interception CA (read or made when first resolved), <see cref="CaBundle"/>,
    /// <see cref="LeafCache"/>, what follows the CA, and the on-demand SDS source. The caller writes the bundle and sets the cache's scope.
    /// </summary>
    public static IServiceCollection AddCagentSecrets(this IServiceCollection services, Action<SecretsOptions> configure)
    {
        services.AddOptions<SecretsOptions>().Configure(configure).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<SecretsOptions>, SecretsOptionsValidator>();
        services.PostConfigure<SecretsOptions>(options => options.Credentials.StateFolder ??= Path.Combine(options.StateFolder, "credentials"));
        services.AddCredentials(provider => Options(provider).Credentials);
        services.AddSingleton(provider => new InterceptionCaStore(
            Options(provider).StateFolder, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<InterceptionCaStore>>()));
        services.AddSingleton(provider => provider.GetRequiredService<CaLife>().Open());
        services.AddSingleton(provider => new CaBundle(Options(provider).StateFolder, provider.GetRequiredService<ILogger<CaBundle>>()));
        services.AddSingleton(provider => new LeafIssuer(
            provider.GetRequiredService<InterceptionCa>(), Options(provider).Leaves, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new LeafCache(
            provider.GetRequiredService<LeafIssuer>(), Options(provider).Leaves, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LeafCache>>()));
        services.AddSingleton(provider => new CaLife(
            Options(provider).StateFolder, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<InterceptionCaStore>()));
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<CaFollower>(provider, Options(provider).StateFolder));
        services.AddSingleton<LeafSecretSource>();
        services.AddSingleton<IOnDemandSource>(provider => provider.GetRequiredService<LeafSecretSource>());
        services.AddSingleton<ProxySecretSource>();
        services.AddSingleton<IOnDemandSource>(provider => provider.GetRequiredService<ProxySecretSource>());
        return services;
    }

    /// <summary>
    /// Adds the credentials alone: <see cref="ICredentialStore"/>, <see cref="ICredentialHealth"/> and what fetches. Needs
    /// logging.
    /// </summary>
    public static IServiceCollection AddCredentials(this IServiceCollection services, Func<IServiceProvider, CredentialStoreOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<CredentialMetrics>();
        services.AddSingleton(provider => new SourceHttp(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RefreshTokenStore(options(provider).StateFolder, options(provider).KeyFile));
        services.AddSingleton<ICredentialFetcher>(provider => ActivatorUtilities.CreateInstance<OAuth2Fetcher>(provider, false));
        services.AddSingleton<ICredentialFetcher>(provider => ActivatorUtilities.CreateInstance<OAuth2Fetcher>(provider, true));
        services.AddSingleton<ICredentialFetcher, GcpMetadataFetcher>();
        services.AddSingleton<ICredentialFetcher, VaultFetcher>();
        services.AddSingleton<ICredentialFetcher, ExecFetcher>();
        services.AddSingleton(provider => new CredentialFetching(
            provider.GetServices<ICredentialFetcher>(), options(provider).Fetching, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<CredentialMetrics>(), provider.GetRequiredService<ILogger<CredentialFetching>>()));
        services.AddSingleton(provider => new CredentialStore(
            options(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CredentialStore>>(), provider.GetRequiredService<CredentialFetching>()));
        services.AddSingleton<ICredentialStore>(provider => provider.GetRequiredService<CredentialStore>());
        services.AddSingleton<ICredentialHealth>(provider => provider.GetRequiredService<CredentialStore>());
        return services;
    }

    private static SecretsOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<SecretsOptions>>().Value;
}
