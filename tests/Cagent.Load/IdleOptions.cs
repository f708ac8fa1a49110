// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Load;

/// <summary>What an <see cref="IdleRun"/> measures.</summary>
internal sealed record IdleOptions
{
    /// <summary>Inspected domains in the policy.</summary>
    public required int Domains { get; init; }

    /// <summary>How many of them get one request before the measurement.</summary>
    public required int Used { get; init; }

    /// <summary>How long the idle processes are watched.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>The lifetime of DNS answers: Envoy asks again for every domain when it is over.</summary>
    public required TimeSpan Ttl { get; init; }

    /// <summary>Edits, each of which adds one domain and takes it away again.</summary>
    public required int Edits { get; init; }
}
