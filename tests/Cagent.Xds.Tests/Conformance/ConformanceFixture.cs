// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Tests.Streams;

namespace Cagent.Xds.Tests.Conformance;

/// <summary>One server for a class of cases; each case has a node of its own, whose group is its id.</summary>
public sealed class ConformanceFixture : IAsyncLifetime
{
    internal static readonly XdsServerOptions Options = new()
    {
        AckTimeout = TimeSpan.FromSeconds(20),
        RemovalGrace = TimeSpan.FromMilliseconds(20),
        GroupOf = node => node.Id,
    };

    internal XdsHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await XdsHost.StartAsync(Options);

    public async Task DisposeAsync() => await Host.DisposeAsync();
}

/// <summary>The variants by their names in the suite: S or I (incremental), N (not aggregated) or A.</summary>
internal static class Variants
{
    public static readonly string[] All = ["SN", "SA", "IN", "IA"];

    public static XdsVariant Of(string name) => new(name[0] == 'I', name[1] == 'A');
}
