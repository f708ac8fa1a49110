// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Client.Addresses;

/// <summary>The settings of a <see cref="DnsResolver"/>; read once, when it is made.</summary>
public sealed class DnsResolverOptions
{
    /// <summary>The shortest time between two lookups, however often the channel asks for one. Default: 30 s.</summary>
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often the name is looked up without being asked to, so that new servers are found while the old ones work.
    /// Default: never (<see cref="Timeout.InfiniteTimeSpan"/>).
    /// </summary>
    public TimeSpan RefreshInterval { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Numbers from 0 to 1 that spread the waits after failures. Thread-safe. Default: random.</summary>
    public Func<double> NextRandom { get; set; } = Random.Shared.NextDouble;
}
