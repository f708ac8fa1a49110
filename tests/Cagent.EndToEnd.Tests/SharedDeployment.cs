// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Internet;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests;

/// <summary>A deployment that the tests of one class share, because none of them changes its policy: a start takes seconds.</summary>
public abstract class SharedDeployment : IAsyncLifetime
{
    private Deployment? _deployment;

    /// <summary>The running deployment.</summary>
    public Deployment Deployment => _deployment ?? throw new InvalidOperationException("Nothing runs: Envoy is missing.");

    /// <summary>Where servers and clients live; null is the host.</summary>
    protected virtual TestInternetOptions? Internet => null;

    public async Task InitializeAsync()
    {
        // xunit makes the fixture of a class even when every test of it is skipped.
        if (!CanStart())
        {
            return;
        }

        _deployment = new Deployment(Internet);
        await StartAsync(_deployment);
    }

    public virtual async Task DisposeAsync()
    {
        if (_deployment is not null)
        {
            await _deployment.DisposeAsync();
        }
    }

    /// <summary>Whether the tests of the class run at all.</summary>
    protected virtual bool CanStart() => EnvoyBinary.IsRequired() || EnvoyBinary.Find().Path is not null;

    /// <summary>Adds the servers and starts Cagent with the policy.</summary>
    protected abstract Task StartAsync(Deployment deployment);
}
