// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>The block <c>dns</c>.</summary>
internal sealed record DnsConfig
{
    public ImmutableArray<Located<string>> Upstream { get; init; } = [];

    public Located<DnsPublishing>? Publish { get; init; }

    public Located<TimeSpan>? Ttl { get; init; }
}
