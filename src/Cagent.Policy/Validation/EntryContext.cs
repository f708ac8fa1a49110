// SPDX-License-Identifier: Apache-2.0
using Cagent.Domains;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>What the validators of one entry share.</summary>
/// <param name="Config">The entry as written.</param>
/// <param name="Host">Its pattern; null when that is no pattern, which has been reported.</param>
/// <param name="Scheme">Its scheme, default filled in.</param>
/// <param name="Tls">Its mode, default filled in.</param>
internal sealed record EntryContext(DomainConfig Config, HostPattern? Host, Scheme Scheme, TlsMode Tls)
{
    public bool IsWildcard => Host is { IsWildcard: true };
}
