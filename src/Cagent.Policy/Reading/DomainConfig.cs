// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>One item of <c>domains</c>; null is a key that is absent or that could not be read.</summary>
internal sealed record DomainConfig(SourceLocation Location, string KeyPath)
{
    /// <summary>Its place in its list.</summary>
    public int Index { get; init; }

    /// <summary>Whether nothing was reported while it was read.</summary>
    public bool IsClean { get; init; }

    /// <summary>What it was judged to be by an earlier load; then nothing else of it has been read.</summary>
    public PolicyEntry? Known { get; init; }

    public Located<string>? Domain { get; init; }

    public Located<int>? Port { get; init; }

    public Located<Scheme>? Scheme { get; init; }

    public Located<ImmutableArray<Located<string>>>? Allow { get; init; }

    public Located<ImmutableArray<Located<string>>>? Deny { get; init; }

    public Located<bool>? ReadOnly { get; init; }

    public CredentialUseConfig? Credential { get; init; }

    public TlsConfig? Tls { get; init; }

    public Located<ImmutableArray<Located<string>>>? Addresses { get; init; }

    public Located<TimeSpan>? Timeout { get; init; }

    public Located<TimeSpan>? IdleTimeout { get; init; }

    public Located<bool>? WebSocket { get; init; }

    public RateLimitConfig? RateLimit { get; init; }

    public Located<long>? MaxRequestBody { get; init; }

    public ResilienceConfig? Resilience { get; init; }

    public Located<string>? Alias { get; init; }

    public Located<DateTimeOffset>? ExpiresAt { get; init; }

    public Located<bool>? Enabled { get; init; }

    public Located<string>? Description { get; init; }
}
