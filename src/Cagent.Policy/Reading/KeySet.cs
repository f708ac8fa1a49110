// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Reading;

/// <summary>The keys of one kind of mapping.</summary>
/// <param name="Supported">Those that this build honours.</param>
/// <param name="Planned">Those of the policy language that this build refuses, so that no block is ever ignored.</param>
internal sealed record KeySet(ImmutableArray<string> Supported, ImmutableArray<string> Planned)
{
    public static KeySet Root { get; } = new(
        ["version", "defaults", "credentials", "domains", "dns"],
        ["agents", "budget", "dlp", "email", "include", "limits", "profiles", "rate_limit", "resilience"]);

    public static KeySet Defaults { get; } = new(
        ["tls", "timeout", "idle_timeout"],
        ["budget", "limits", "max_request_body", "rate_limit", "resilience"]);

    public static KeySet Tls { get; } = new(["mode", "trusted_ca"], []);

    public static KeySet Dns { get; } = new(["upstream"], ["publish", "ttl"]);

    public static KeySet Domain { get; } = new(
        ["domain", "port", "scheme", "allow", "deny", "read_only", "credential", "tls", "addresses", "timeout", "idle_timeout", "websocket", "enabled", "description"],
        ["alias", "budget", "dlp", "expires_at", "limits", "max_request_body", "rate_limit", "resilience"]);

    public static KeySet CredentialUse { get; } = new(["use", "header", "format", "insecure_credential"], ["in", "placeholder"]);

    public static KeySet EnvCredential { get; } = new(["from", "name"], ["refresh"]);

    public static KeySet FileCredential { get; } = new(["from", "path"], ["refresh"]);
}
