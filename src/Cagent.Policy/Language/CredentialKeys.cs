// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Policy.Language;

/// <summary>The keys of credentials: where they come from, and how an entry uses them.</summary>
internal static class CredentialKeys
{
    private static readonly TextShape s_name = new("text", TextShapes.CredentialNamePattern, DiagnosticCodes.BadCredentialSource);

    private static readonly TextShape s_region = new("lower-case letters, digits and `-`", "^[a-z0-9-]+$", DiagnosticCodes.BadCredentialSource);

    private static readonly TextShape s_vaultPath = new("letters, digits, `-`, `_`, `.` and `/`", "^[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*/?$", DiagnosticCodes.BadCredentialSource);

    private static readonly DurationShape s_refresh = new(Min: "1s");

    private static readonly DurationShape s_maxStale = new(Min: "1s", Max: "48h");

    public static KeySet Env { get; } = new(
        "env", "A variable of the environment in which Cagent was started. Only a restart can change it.",
        From("env"),
        new("name", TextShapes.Variable, "The variable; its value never stands in this file.") { IsRequired = true, Example = "GITHUB_TOKEN" });

    public static KeySet File { get; } = new(
        "file", "A file that holds the value and nothing else. It is read again when it changes.",
        From("file"),
        new("path", TextShapes.Path, "The file.") { IsRequired = true, Example = "/run/secrets/openai" });

    /// <summary>The sources from which the secrets of other sources come.</summary>
    public static ImmutableArray<SourceKeys> Plain { get; } = [new("env", PolicyFeatures.None, Env), new("file", PolicyFeatures.None, File)];

    private static readonly SourceShape s_secret = new(Plain);

    public static KeySet VaultAppRole { get; } = new(
        "app_role", "A login to Vault by AppRole.",
        new("role_id", s_secret, "The role's id.") { IsRequired = true, Example = "{from: env, name: VAULT_ROLE}" },
        new("secret_id", s_secret, "The role's secret.") { IsRequired = true, Example = "{from: file, path: /run/secrets/vault-secret-id}" },
        Mount("approle"));

    public static KeySet VaultKubernetes { get; } = new(
        "kubernetes", "A login to Vault by the service account of the pod that Cagent runs in.",
        new("role", s_name, "The role to log in as.") { IsRequired = true, Advice = "name the role of Vault's Kubernetes method", Example = "cagent" },
        new("jwt", s_secret, "The account's token; read again at each login.") { Default = "`/var/run/secrets/kubernetes.io/serviceaccount/token`", Example = "{from: file, path: /var/run/secrets/tokens/vault}" },
        Mount("kubernetes"));

    public static KeySet Vault { get; } = new(
        "vault", "A field of a secret in the KV engine of HashiCorp Vault or OpenBao.",
        From("vault"),
        new("path", new TextShape("a path `MOUNT/data/NAME`, or `MOUNT/NAME` with `kv_version: 1`", "^[^/]+(?:/[^/]+)+$", DiagnosticCodes.BadCredentialSource), "The API path of the secret.")
        {
            IsRequired = true, Advice = "write the API path, such as secret/data/billing", Example = "secret/data/billing",
        },
        new("field", s_name, "The field of the secret.") { IsRequired = true, Advice = "name the field of the secret", Example = "token" },
        new("kv_version", new WholeShape(1, 2), "The version of the KV engine.") { Default = "`2`", Example = "1" },
        new("refresh", s_refresh, "How often it is read again.") { Default = "`5m`", Example = "5m" },
        MaxStale(),
        new("address", TextShapes.Url, "The server.") { Default = "`VAULT_ADDR` of the environment", Example = "\"https://vault.internal.example:8200\"" },
        new("namespace", s_vaultPath, "The namespace, of servers that have them.") { Default = "none", Example = "platform/agents" },
        new("ca_file", TextShapes.Path, "The roots (PEM) that the server's certificate must come from.") { Default = "those of the machine", Example = "/etc/cagent/pki/vault.pem" },
        new("token", s_secret, "A login by token, which is renewed where Vault lets it. One login only.") { Default = "`VAULT_TOKEN` of the environment", Example = "{from: env, name: VAULT_TOKEN}", Codes = [DiagnosticCodes.BadCredentialSource] },
        new("app_role", new BlockShape(VaultAppRole), "A login by AppRole.") { Example = "{role_id: {from: env, name: VAULT_ROLE}, secret_id: {from: env, name: VAULT_SECRET}}" },
        new("kubernetes", new BlockShape(VaultKubernetes), "A login by a Kubernetes service account.") { Example = "{role: cagent}" });

    public static KeySet OAuth2ClientCredentials { get; } = new(
        "oauth2_client_credentials", "An access token by the OAuth 2 client credentials grant, fetched again before it expires.",
        From("oauth2_client_credentials"), TokenUrl(), ClientId(), ClientAuth(),
        new("client_secret", s_secret, "The client's secret.") { IsRequired = true, Example = "{from: env, name: CLIENT_SECRET}" }, Scopes("the authorization server's own"), Audience("The audience that the token is for, where the server asks for one."));

    public static KeySet OAuth2RefreshToken { get; } = new(
        "oauth2_refresh_token", "An access token by an OAuth 2 refresh token, fetched again before it expires.",
        From("oauth2_refresh_token"), TokenUrl(), ClientId(), ClientAuth(),
        new("client_secret", s_secret, "The client's secret, where it has one.") { Default = "none", Example = "{from: env, name: CLIENT_SECRET}" },
        new("refresh_token", s_secret, "The refresh token.") { IsRequired = true, Example = "{from: file, path: /run/secrets/refresh}" }, Scopes("those of the refresh token"));

    public static KeySet Exec { get; } = new(
        "exec", "What a program prints: a JSON object with a value and its end, or the value alone.",
        From("exec"),
        new("command", new ListShape(TextShapes.Any, MinItems: 1), "The absolute path of the program, and its arguments. No shell reads it.")
        {
            IsRequired = true, Advice = "write the program's path and its arguments as a list", Example = "[/usr/local/bin/print-token, --json]", Codes = [DiagnosticCodes.BadCredentialSource],
        },
        new("timeout", new DurationShape(Min: "100ms", Max: "5m"), "How long it may run; then it is killed, with all that it started.") { Default = "`10s`", Example = "5s" },
        new("refresh", s_refresh, "How often it is run again, unless what it prints ends sooner.") { Default = "`5m`", Example = "1h" },
        MaxStale(),
        new("field", s_name, "The field of the JSON object that it prints. Without it the forms of kubectl and OAuth are known, and anything else is the value itself.") { Default = "none", Example = "api_key" },
        new("environment", new ListShape(TextShapes.Variable), "The variables of Cagent's environment that it is given; beside them `PATH`, `HOME`, `USER`, `LANG`, `LC_ALL`, `TZ`, `TMPDIR`.") { Default = "none", Example = "[AWS_PROFILE]" });

    public static KeySet AwsSigV4 { get; } = new(
        "aws_sigv4", "Signs each request with AWS Signature Version 4; the entry that uses it names no header.",
        From("aws_sigv4"),
        new("region", s_region, "The region.") { IsRequired = true, Example = "eu-central-1" },
        new("service", s_region, "The service, as it stands in signatures.") { IsRequired = true, Example = "bedrock" },
        new("access_key_id", s_secret, "The access key's id.") { IsRequired = true, Example = "{from: env, name: AWS_ACCESS_KEY_ID}" },
        new("secret_access_key", s_secret, "The secret access key.") { IsRequired = true, Example = "{from: env, name: AWS_SECRET_ACCESS_KEY}" },
        new("session_token", s_secret, "The session's token, for temporary keys.") { Default = "none", Example = "{from: env, name: AWS_SESSION_TOKEN}" });

    public static KeySet GcpMetadata { get; } = new(
        "gcp_metadata", "A token of a service account, from Google Cloud's metadata server.",
        From("gcp_metadata"),
        new("service_account", TextShapes.Any, "The account.") { Default = "`default`", Example = "agents@project.iam.gserviceaccount.com" },
        Scopes("those of the machine"), Audience("Asks for an identity token for this audience. Not beside `scopes`."));

    /// <summary>Every source, the plain ones first.</summary>
    public static ImmutableArray<SourceKeys> All { get; } =
    [
        .. Plain,
        new("vault", PolicyFeatures.Vault, Vault), new("oauth2_client_credentials", PolicyFeatures.OAuth2, OAuth2ClientCredentials),
        new("oauth2_refresh_token", PolicyFeatures.OAuth2, OAuth2RefreshToken), new("exec", PolicyFeatures.Exec, Exec),
        new("aws_sigv4", PolicyFeatures.AwsSigV4, AwsSigV4), new("gcp_metadata", PolicyFeatures.GcpMetadata, GcpMetadata),
    ];

    public static KeySet Use { get; } = new(
        "credential", "How an entry uses a credential. It is put in only on requests that the entry allows, and what the agent sent at that place is removed first.",
        new("use", TextShapes.CredentialName, "The credential, by its name in the block `credentials`.")
        {
            IsRequired = true, Advice = "name a credential of the block \"credentials\"", Example = "github", Codes = [DiagnosticCodes.UnusedCredential, DiagnosticCodes.CredentialOnWildcard, DiagnosticCodes.WiderReach],
        },
        new("header", new TextShape("a header", "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$", DiagnosticCodes.BadHeader), "The request header that carries it. Required with `in: header`, and wrong elsewhere.") { Example = "Authorization" },
        new("format", new TextShape("text with `{value}` in it", @"\{value\}", DiagnosticCodes.BadFormat), "What is written there; `{value}` stands for the credential, exactly once.") { Default = "`\"{value}\"`", Example = "\"Bearer {value}\"" },
        new("headers", new NamedShape("headers", "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$", new TextShape("text with `{value}` in it", @"\{value\}", DiagnosticCodes.BadFormat)), "Several headers that carry it, each with what is written there. In the place of `header` and `format`.")
        {
            Default = "none", Example = "{X-Api-Key: \"{value}\", Authorization: \"Bearer {value}\"}", Codes = [DiagnosticCodes.BadHeader, DiagnosticCodes.BadPlace],
        },
        new("in", new ChoiceShape<CredentialPlace>(("header", CredentialPlace.Header), ("query", CredentialPlace.Query), ("basic", CredentialPlace.Basic)), "Where it goes: a header, a parameter of the query, or the password of basic authentication. A source that signs the request decides by itself.")
        {
            Default = "`header`", Example = "header", Codes = [DiagnosticCodes.BadPlace],
        },
        new("insecure_credential", new FlagShape(), "`true` accepts that the credential travels in clear. Only with `scheme: http`, and required there.") { Default = "`false`", Example = "true", Codes = [DiagnosticCodes.CredentialInClear, DiagnosticCodes.PointlessInsecureCredential] },
        new("parameter", new TextShape("the name of a parameter", "^[A-Za-z0-9._~-]{1,128}$", DiagnosticCodes.BadPlace), "The parameter of the query that carries it, with `in: query`.") { Feature = PolicyFeatures.QueryCredentials, Example = "key" },
        new("username", new TextShape("text without `:`", "^[ -9;-~]{1,256}$", DiagnosticCodes.BadPlace), "The user's name, with `in: basic`.") { Feature = PolicyFeatures.BasicCredentials, Default = "empty", Example = "cagent" },
        new("placeholder", new FlagShape(), "`true`: the agent holds a value that means nothing (`cagent placeholders` prints it), and only that is swapped for the credential, where it stands. A request without it is denied. Not with `scheme: http`.") { Feature = PolicyFeatures.Placeholders, Default = "`false`", Example = "true", Codes = [DiagnosticCodes.BadPlace] },
        new("placeholder_format", new TextShape("text with a number in braces", @"^[A-Za-z0-9._~-]*\{[0-9]+\}[A-Za-z0-9._~-]*$", DiagnosticCodes.BadPlace), "What the agent's value looks like, for clients that check it; `{36}` stands for as many letters and digits, 20 to 200. Only with `placeholder: true`.")
        {
            Feature = PolicyFeatures.Placeholders, Default = "`\"cagent_{40}\"`", Example = "\"ghp_{36}\"",
        });

    /// <summary>The words behind <c>from</c>.</summary>
    public static ChoiceShape<string> NamesOf(ImmutableArray<SourceKeys> sources) => new([.. sources.Select(source => (source.Name, source.Name))]);

    private static LanguageKey From(string source) => new("from", new ChoiceShape<string>((source, source)), "The kind of source.")
    {
        IsRequired = true, Advice = "write from: env or from: file", Example = source,
    };

    private static LanguageKey Mount(string method) => new("mount", s_vaultPath, "Where the method is mounted, below `auth/`.") { Default = $"`{method}`", Example = method };

    private static LanguageKey MaxStale() => new("max_stale", s_maxStale, "How long the last value is used while its source fails; past it requests are denied. A value's own end always holds. Longer than `refresh`.")
    {
        Default = "`1h`, or twice `refresh` if that is longer", Example = "15m", Codes = [DiagnosticCodes.BadCredentialSource],
    };

    private static LanguageKey TokenUrl() => new("token_url", TextShapes.Url, "The token endpoint.")
    {
        IsRequired = true, Advice = "write the https URL of the token endpoint", Example = "\"https://login.example.com/token\"",
    };

    private static LanguageKey ClientId() => new("client_id", s_secret, "The client's id.") { IsRequired = true, Example = "{from: env, name: CLIENT_ID}" };

    private static LanguageKey ClientAuth() => new("client_auth", new ChoiceShape<ClientAuthentication>(("basic", ClientAuthentication.Basic), ("post", ClientAuthentication.Post)), "How the client sends its secret: `client_secret_basic`, or `client_secret_post` for servers that want it in the body.")
    {
        Default = "`basic`", Example = "post",
    };

    private static LanguageKey Scopes(string without) => new("scopes", new ListShape(TextShapes.Scope), "The scopes to ask for, one an item.") { Default = without, Example = "[read]" };

    private static LanguageKey Audience(string description) => new("audience", TextShapes.Any, description) { Default = "none", Example = "\"https://api.example.com\"" };
}
