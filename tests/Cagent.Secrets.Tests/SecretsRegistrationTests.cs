// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Interception;
using Cagent.TestKit.Files;
using Cagent.Xds.OnDemand;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cagent.Secrets.Tests;

public sealed class SecretsRegistrationTests : IDisposable
{
    private readonly TemporaryFolder _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task AddCagentSecrets_Resolved_EverythingIsThere()
    {
        await using ServiceProvider provider = new ServiceCollection().AddLogging().AddCagentSecrets(options => options.StateFolder = _state.Path).BuildServiceProvider();
        provider.GetRequiredService<CaBundle>().Write(provider.GetRequiredService<InterceptionCa>());
        Assert.NotNull(provider.GetRequiredService<ICredentialStore>());
        Assert.NotNull(provider.GetRequiredService<IOnDemandSource>());
        Assert.True(File.Exists(_state.Combine("ca.pem")));
    }

    [Fact]
    public void AddCagentSecrets_SettingsOutOfRange_NamesEachKey()
    {
        using ServiceProvider provider = new ServiceCollection().AddLogging().AddCagentSecrets(options =>
        {
            options.Leaves.Lifetime = TimeSpan.FromDays(400);
            options.Credentials.PollInterval = TimeSpan.Zero;
        }).BuildServiceProvider();
        OptionsValidationException refusal = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<ICredentialStore>());
        Assert.Equal(["Secrets:StateFolder", "Secrets:Credentials:PollInterval", "Secrets:Leaves:Lifetime"], refusal.Failures.Select(failure => failure.Split(' ')[0]));
    }
}
