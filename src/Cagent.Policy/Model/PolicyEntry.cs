// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Model;

/// <summary>One enabled item of <c>domains</c>, with defaults filled in. Only the validator makes one. Immutable.</summary>
public sealed record PolicyEntry
{
    internal PolicyEntry(EntryKey key, Scheme scheme, SourceLocation location)
    {
        Key = key;
        Scheme = scheme;
        Location = location;
    }

    /// <summary>Host pattern and port, unique in the policy.</summary>
    public EntryKey Key { get; }

    /// <summary>How the upstream is spoken to.</summary>
    public Scheme Scheme { get; }

    /// <summary>What happens to TLS; always <see cref="TlsMode.Intercept"/> with <see cref="Scheme.Http"/>.</summary>
    public TlsMode Tls { get; internal init; }

    /// <summary>The entry's own CA file for its upstream, resolved like a credential's; null means <see cref="ValidatedPolicy.TrustedCa"/>.</summary>
    public string? TrustedCa { get; internal init; }

    /// <summary>Where <see cref="TrustedCa"/> stands; null exactly when it is null.</summary>
    public SourceLocation? TrustedCaLocation { get; internal init; }

    /// <summary>
    /// What is allowed; empty means every method and path. A read-only entry holds the one rule it stands for. An empty list
    /// in the file is an error, so that it never means everything.
    /// </summary>
    public ImmutableArray<PolicyRule> Allow { get; internal init; } = [];

    /// <summary>What is denied, even if allowed above.</summary>
    public ImmutableArray<PolicyRule> Deny { get; internal init; } = [];

    /// <summary>True for <c>read_only: true</c>: a denial's reason is then the entry's being read-only.</summary>
    public bool ReadOnly { get; internal init; }

    /// <summary>The credential to inject, or null.</summary>
    public CredentialUse? Credential { get; internal init; }

    /// <summary>The non-public addresses that this entry opens; empty means public addresses only.</summary>
    public ImmutableArray<AddressRange> Addresses { get; internal init; } = [];

    /// <summary>Time to the response headers, 1 ms to 24 h.</summary>
    public TimeSpan Timeout { get; internal init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time without a byte in either direction, 1 ms to 24 h.</summary>
    public TimeSpan IdleTimeout { get; internal init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether WebSocket upgrades are allowed, on the paths that are.</summary>
    public bool WebSocket { get; internal init; }

    /// <summary>How many requests pass, or null for the bounds of the proxy alone.</summary>
    public RateLimit? RateLimit { get; internal init; }

    /// <summary>The largest request body in bytes, 1 B to 1 PiB, or null for none.</summary>
    public long? MaxRequestBody { get; internal init; }

    /// <summary>A second name of this entry, such as <c>git.devbox.local</c>, with the same decision and limits; or null.</summary>
    public HostName? Alias { get; internal init; }

    /// <summary>How a failing upstream is treated, or null for the proxy's defaults.</summary>
    public Resilience? Resilience { get; internal init; }

    /// <summary>The moment from which the entry is gone, or null. An expired entry is not part of a policy.</summary>
    public DateTimeOffset? ExpiresAt { get; internal init; }

    /// <summary>The author's own words, or null.</summary>
    public string? Description { get; internal init; }

    /// <summary>Where the entry begins.</summary>
    public SourceLocation Location { get; }
}
