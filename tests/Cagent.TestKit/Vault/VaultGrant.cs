// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.TestKit.Vault;

/// <summary>What a token of a <see cref="FakeVault"/> may do, and for how long.</summary>
/// <param name="Lease">From its making or last renewal; zero for ever, as a root token.</param>
/// <param name="IsRenewable">Whether it can be renewed.</param>
public sealed record VaultGrant(TimeSpan Lease, bool IsRenewable = true)
{
    /// <summary>When it was made or last renewed.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Made { get; init; }

    /// <summary>How long renewals can keep it at most; null without a bound.</summary>
    public TimeSpan? MaxLife { get; init; }

    /// <summary>The API paths that it reads; default all.</summary>
    public ImmutableArray<string> Paths { get; init; }

    /// <summary>Whether it reads a path.</summary>
    public bool Reads(string path) => Paths.IsDefault || Paths.Contains(path);
}
