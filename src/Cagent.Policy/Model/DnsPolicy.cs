// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Model;

/// <summary>How names are resolved.</summary>
/// <param name="Upstream">The resolvers in order; empty means the system's own.</param>
public sealed record DnsPolicy(ImmutableArray<ResolverAddress> Upstream)
{
    /// <summary>How allowed names are published.</summary>
    public DnsPublishing Publish { get; init; }

    /// <summary>How long published answers hold, 1 s to 24 h.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(60);
}
