// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Layers;

namespace Cagent.Policy.Reading;

/// <summary>The keys of one kind of mapping.</summary>
/// <param name="Supported">Those that every build honours.</param>
/// <param name="Gated">Those that a build may not honour.</param>
/// <param name="Planned">Those of the policy language that no build honours yet, so that no block is ever ignored.</param>
internal sealed record KeySet(
    ImmutableArray<string> Supported, ImmutableArray<(string Key, PolicyFeatures Feature)> Gated, ImmutableArray<string> Planned)
{
    public static KeySet Root { get; } = new(
        ["version", "defaults", "credentials", "domains", "dns"],
        [("agents", PolicyFeatures.Agents), ("include", PolicyFeatures.Includes), ("profiles", PolicyFeatures.Profiles)],
        ["dlp", "email"]);

    public static KeySet Include { get; } = new(
        ["version", "credentials", "domains"],
        [("agents", PolicyFeatures.Agents), ("include", PolicyFeatures.Includes), ("profiles", PolicyFeatures.Profiles)],
        ["dlp", "email"])
    {
        Confined = ["defaults", "dns"],
        Place = "an included file",
    };

    public static KeySet Overlay { get; } = new(["version", "credentials", "domains"], [("agents", PolicyFeatures.Agents)], ["dlp", "email"])
    {
        Confined = ["defaults", "dns", "include", "profiles"],
        Place = "an overlay",
    };

    public static KeySet Profile { get; } = new(["version", "description", "parameters", "domains"], [], [])
    {
        Confined = ["defaults", "dns", "include", "profiles", "agents", "credentials"],
        Place = "a profile",
    };

    public static KeySet ProfileParameter { get; } = Of("type", "description", "default", "optional");

    public static KeySet Defaults { get; } = new(
        ["tls", "timeout", "idle_timeout"],
        [
            ("rate_limit", PolicyFeatures.RateLimits), ("max_request_body", PolicyFeatures.BodyLimits), ("resilience", PolicyFeatures.Resilience),
            ("budget", PolicyFeatures.Budgets), ("limits", PolicyFeatures.AgentLimits),
        ],
        []);

    public static KeySet Tls { get; } = Of("mode", "trusted_ca");

    public static KeySet Dns { get; } = new(["upstream"], [("publish", PolicyFeatures.DnsPublishing), ("ttl", PolicyFeatures.DnsPublishing)], []);

    public static KeySet Domain { get; } = new(
        ["domain", "port", "scheme", "allow", "deny", "read_only", "credential", "tls", "addresses", "timeout", "idle_timeout", "websocket", "enabled", "description"],
        [
            ("rate_limit", PolicyFeatures.RateLimits), ("max_request_body", PolicyFeatures.BodyLimits), ("resilience", PolicyFeatures.Resilience),
            ("alias", PolicyFeatures.Aliases), ("expires_at", PolicyFeatures.Expiry),
        ],
        ["dlp"]);

    public static KeySet CredentialUse { get; } = new(
        ["use", "header", "format", "in", "insecure_credential"],
        [("parameter", PolicyFeatures.QueryCredentials), ("username", PolicyFeatures.BasicCredentials), ("placeholder", PolicyFeatures.Placeholders)],
        []);

    public static KeySet EnvCredential { get; } = Of("from", "name");

    public static KeySet FileCredential { get; } = Of("from", "path");

    public static KeySet VaultCredential { get; } = Of("from", "path", "field", "refresh", "address", "token", "app_role");

    public static KeySet VaultAppRole { get; } = Of("role_id", "secret_id");

    public static KeySet OAuth2ClientCredentials { get; } = Of("from", "token_url", "client_id", "client_secret", "scopes", "audience");

    public static KeySet OAuth2RefreshToken { get; } = Of("from", "token_url", "client_id", "client_secret", "refresh_token", "scopes");

    public static KeySet ExecCredential { get; } = Of("from", "command", "timeout", "refresh");

    public static KeySet AwsSigV4Credential { get; } = Of("from", "region", "service", "access_key_id", "secret_access_key", "session_token");

    public static KeySet GcpMetadataCredential { get; } = Of("from", "service_account", "scopes", "audience");

    public static KeySet Agent { get; } = new(
        ["name", "identity", "domains", "enabled", "description"],
        [
            ("profiles", PolicyFeatures.Profiles), ("budget", PolicyFeatures.Budgets), ("quarantined", PolicyFeatures.Quarantine),
            ("limits", PolicyFeatures.AgentLimits), ("runtime", PolicyFeatures.AgentRuntime),
        ],
        ["dlp", "email"]);

    public static KeySet Identity { get; } = new(
        [],
        [
            ("token", PolicyFeatures.TokenIdentity), ("container_label", PolicyFeatures.ContainerIdentity), ("source", PolicyFeatures.SourceIdentity),
            ("spiffe", PolicyFeatures.SpiffeIdentity), ("listener", PolicyFeatures.ListenerIdentity),
        ],
        []);

    public static KeySet Budget { get; } = Of("requests", "bytes", "per");

    public static KeySet AgentLimits { get; } = Of("max_connections", "max_streams", "max_tunnels");

    public static KeySet AgentRuntime { get; } = Of("policy", "cpus", "memory", "pids");

    public static KeySet RateLimit { get; } = Of("requests", "per", "burst", "key");

    public static KeySet Resilience { get; } = Of("retries", "max_connections", "eject_after");

    /// <summary>Keys of the first file that must not stand here: they reach beyond the file.</summary>
    public ImmutableArray<string> Confined { get; private init; } = [];

    /// <summary>Where that is, in words.</summary>
    public string Place { get; private init; } = "";

    /// <summary>Every key of the language at this place.</summary>
    public IEnumerable<string> All => Supported.Concat(Gated.Select(gated => gated.Key));

    /// <summary>The keys of a whole file.</summary>
    public static KeySet Of(LayerKind kind) => kind switch
    {
        LayerKind.Root => Root,
        LayerKind.Include => Include,
        LayerKind.Overlay => Overlay,
        _ => Profile,
    };

    private static KeySet Of(params ImmutableArray<string> keys) => new(keys, [], []);
}
