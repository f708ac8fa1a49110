// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy;

/// <summary>
/// Parts of the policy language that a build may honour or not. What is not honoured is still read and validated, and then refused
/// with CAG1009, never ignored.
/// </summary>
[Flags]
public enum PolicyFeatures : long
{
    /// <summary>Only what every build honours.</summary>
    None = 0,

    /// <summary>The block <c>agents</c>.</summary>
    Agents = 1L << 0,

    /// <summary><c>identity.token</c>.</summary>
    TokenIdentity = 1L << 1,

    /// <summary><c>identity.container_label</c>.</summary>
    ContainerIdentity = 1L << 2,

    /// <summary><c>identity.source</c>.</summary>
    SourceIdentity = 1L << 3,

    /// <summary><c>identity.spiffe</c>.</summary>
    SpiffeIdentity = 1L << 4,

    /// <summary><c>identity.listener</c>.</summary>
    ListenerIdentity = 1L << 5,

    /// <summary><c>budget</c>.</summary>
    Budgets = 1L << 6,

    /// <summary><c>quarantined: true</c>.</summary>
    Quarantine = 1L << 7,

    /// <summary><c>limits</c> of agents.</summary>
    AgentLimits = 1L << 8,

    /// <summary><c>runtime</c> of agents.</summary>
    AgentRuntime = 1L << 9,

    /// <summary><c>rate_limit</c>.</summary>
    RateLimits = 1L << 10,

    /// <summary><c>resilience</c>.</summary>
    Resilience = 1L << 11,

    /// <summary><c>max_request_body</c>.</summary>
    BodyLimits = 1L << 12,

    /// <summary><c>alias</c>.</summary>
    Aliases = 1L << 13,

    /// <summary><c>expires_at</c>.</summary>
    Expiry = 1L << 14,

    /// <summary><c>in: query</c>.</summary>
    QueryCredentials = 1L << 15,

    /// <summary><c>in: basic</c>.</summary>
    BasicCredentials = 1L << 16,

    /// <summary><c>placeholder: true</c> and <c>placeholder_format</c>.</summary>
    Placeholders = 1L << 17,

    /// <summary><c>from: vault</c>.</summary>
    Vault = 1L << 18,

    /// <summary><c>from: oauth2_client_credentials</c> and <c>from: oauth2_refresh_token</c>.</summary>
    OAuth2 = 1L << 19,

    /// <summary><c>from: exec</c>.</summary>
    Exec = 1L << 20,

    /// <summary><c>from: aws_sigv4</c>.</summary>
    AwsSigV4 = 1L << 21,

    /// <summary><c>from: gcp_metadata</c>.</summary>
    GcpMetadata = 1L << 22,

    /// <summary><c>dns.publish</c> and <c>dns.ttl</c>.</summary>
    DnsPublishing = 1L << 23,

    /// <summary><c>include</c>.</summary>
    Includes = 1L << 24,

    /// <summary><c>profiles</c>.</summary>
    Profiles = 1L << 25,

    /// <summary>What this build honours.</summary>
    Production = Agents | TokenIdentity | SourceIdentity | SpiffeIdentity | ListenerIdentity | Budgets | Quarantine | AgentLimits | RateLimits | Resilience | BodyLimits | Aliases | Expiry | QueryCredentials | BasicCredentials | Placeholders | Vault | Exec | OAuth2 | AwsSigV4 | GcpMetadata | Includes | Profiles,

    /// <summary>The whole language.</summary>
    All = (1L << 26) - 1,
}
