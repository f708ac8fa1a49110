// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Faults;

/// <summary>The one deployment of <see cref="InvalidEditTests"/>.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit disposes it through IAsyncLifetime.")]
public sealed class InvalidEditSite : IAsyncLifetime
{
    private SteadySite? _site;
    private int _edits;

    internal SteadySite Site => _site ?? throw new InvalidOperationException("Nothing runs: Envoy is missing.");

    /// <summary>A number that no edit had before.</summary>
    internal int NextEdit() => ++_edits;

    public async Task InitializeAsync()
    {
        // xunit makes the fixture even when every test is skipped.
        if (EnvoyBinary.IsRequired() || EnvoyBinary.Find().Path is not null)
        {
            _site = await SteadySite.StartAsync();
            await _site.RestorePolicyAsync();
        }
    }

    public async Task DisposeAsync() => await (_site?.DisposeAsync() ?? ValueTask.CompletedTask);
}
