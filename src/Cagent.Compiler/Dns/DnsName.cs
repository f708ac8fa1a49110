// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;

namespace Cagent.Compiler.Dns;

/// <summary>One name, or all below a suffix, that may be resolved. Immutable.</summary>
/// <param name="Host">The name: exact, one label below a suffix, or any number of them.</param>
/// <param name="AliasOf">The hosts of the entries of which it is the second name, in ordinal order; empty for the host of an entry.</param>
public sealed record DnsName(HostPattern Host, ImmutableArray<HostPattern> AliasOf)
{
    /// <summary>Whether it is an entry's second name.</summary>
    public bool IsAlias => !AliasOf.IsEmpty;
}
