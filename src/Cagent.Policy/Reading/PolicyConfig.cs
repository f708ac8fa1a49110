// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Reading;

/// <summary>The policy as written: types are right, meaning is not yet judged.</summary>
internal sealed record PolicyConfig
{
    public TlsConfig? DefaultTls { get; init; }

    public Located<TimeSpan>? DefaultTimeout { get; init; }

    public Located<TimeSpan>? DefaultIdleTimeout { get; init; }

    public ImmutableArray<CredentialConfig> Credentials { get; init; } = [];

    public ImmutableArray<DomainConfig> Domains { get; init; } = [];

    public ImmutableArray<Located<string>> Upstream { get; init; } = [];
}
