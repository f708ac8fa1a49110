// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>Reads where one credential comes from. No message repeats a value: people try to put secrets here.</summary>
internal sealed class CredentialSourceReader(ReadingContext context)
{
    private const string Advice = "write {from: env, name: VARIABLE} or {from: file, path: /run/secrets/name}";

    private static readonly (string Name, string Value)[] All =
    [
        .. new[] { "env", "file", "vault", "oauth2_client_credentials", "oauth2_refresh_token", "exec", "aws_sigv4", "gcp_metadata" }.Select(name => (name, name)),
    ];

    private static readonly (string Name, string Value)[] Plain = All[..2];

    /// <summary>An item of <c>credentials</c>.</summary>
    public CredentialSourceConfig? Read(YamlNode node, string keyPath) => Read(node, keyPath, All);

    /// <summary>A secret that another source needs, such as a client's.</summary>
    public CredentialSourceConfig? ReadNested(MappingReader parent, string key) =>
        parent.Find(key) is { } node ? Read(node, parent.PathOf(key), Plain) : null;

    private CredentialSourceConfig? Read(YamlNode node, string keyPath, (string Name, string Value)[] sources)
    {
        if (node is UnreadableNode)
        {
            return null;
        }

        if (node is not MappingNode mapping)
        {
            context.Bag.Error(DiagnosticCodes.WrongType, "a credential wants a mapping of keys; its value never stands in this file", node.Location, keyPath, Advice);
            return null;
        }

        string? source = (mapping.Pairs.FirstOrDefault(pair => pair.Key == "from")?.Value as ScalarNode)?.Value;
        MappingReader reader = new(mapping, keyPath, KeysOf(source), context);
        reader.Require("from", "write from: env or from: file");
        Located<string>? known = reader.Choice("from", sources);
        if (known is null)
        {
            return null;
        }

        Gate(known);
        return ReadKnown(known.Value, reader);
    }

    private CredentialSourceConfig ReadKnown(string source, MappingReader reader)
    {
        switch (source)
        {
            case "env":
                reader.Require("name");
                return new EnvSourceConfig(reader.Location, reader.KeyPath, reader.Text("name"));
            case "file":
                reader.Require("path");
                return new FileSourceConfig(reader.Location, reader.KeyPath, reader.Text("path"));
            case "vault":
                return ReadVault(reader);
            case "exec":
                reader.Require("command", "write the program's path and its arguments as a list");
                return new ExecSourceConfig(reader.Location, reader.KeyPath, reader.Texts("command"), reader.Duration("timeout"), reader.Duration("refresh"));
            case "gcp_metadata":
                return new GcpMetadataSourceConfig(reader.Location, reader.KeyPath, reader.Text("service_account"), reader.Texts("scopes"), reader.Text("audience"));
            case "aws_sigv4":
                return ReadAws(reader);
            default:
                return ReadOAuth2(source, reader);
        }
    }

    private VaultSourceConfig ReadVault(MappingReader reader)
    {
        reader.Require("path", "write the API path, such as secret/data/billing");
        reader.Require("field", "name the field of the secret");
        VaultAppRoleConfig? role = null;
        if (reader.Mapping("app_role", KeySet.VaultAppRole) is { } inner)
        {
            inner.Require("role_id");
            inner.Require("secret_id");
            role = new VaultAppRoleConfig(inner.Location, inner.KeyPath, ReadNested(inner, "role_id"), ReadNested(inner, "secret_id"));
        }

        return new VaultSourceConfig(
            reader.Location, reader.KeyPath, reader.Text("path"), reader.Text("field"), reader.Duration("refresh"), reader.Text("address"), ReadNested(reader, "token"), role);
    }

    private AwsSigV4SourceConfig ReadAws(MappingReader reader)
    {
        foreach (string key in (string[])["region", "service", "access_key_id", "secret_access_key"])
        {
            reader.Require(key);
        }

        return new AwsSigV4SourceConfig(
            reader.Location, reader.KeyPath, reader.Text("region"), reader.Text("service"), ReadNested(reader, "access_key_id"),
            ReadNested(reader, "secret_access_key"), ReadNested(reader, "session_token"));
    }

    private CredentialSourceConfig ReadOAuth2(string source, MappingReader reader)
    {
        reader.Require("token_url", "write the https URL of the token endpoint");
        reader.Require("client_id");
        if (source == "oauth2_refresh_token")
        {
            reader.Require("refresh_token");
            return new OAuth2RefreshTokenConfig(
                reader.Location, reader.KeyPath, reader.Text("token_url"), ReadNested(reader, "client_id"), ReadNested(reader, "client_secret"),
                ReadNested(reader, "refresh_token"), reader.Texts("scopes"));
        }

        reader.Require("client_secret");
        return new OAuth2ClientCredentialsConfig(
            reader.Location, reader.KeyPath, reader.Text("token_url"), ReadNested(reader, "client_id"), ReadNested(reader, "client_secret"),
            reader.Texts("scopes"), reader.Text("audience"));
    }

    private void Gate(Located<string> source)
    {
        PolicyFeatures feature = source.Value switch
        {
            "vault" => PolicyFeatures.Vault,
            "oauth2_client_credentials" or "oauth2_refresh_token" => PolicyFeatures.OAuth2,
            "exec" => PolicyFeatures.Exec,
            "aws_sigv4" => PolicyFeatures.AwsSigV4,
            "gcp_metadata" => PolicyFeatures.GcpMetadata,
            _ => PolicyFeatures.None,
        };
        context.Gate(feature, $"the source \"{source.Value}\"", source.Location, source.KeyPath, "use env or file");
    }

    private static KeySet KeysOf(string? source) => source switch
    {
        "file" => KeySet.FileCredential,
        "vault" => KeySet.VaultCredential,
        "oauth2_client_credentials" => KeySet.OAuth2ClientCredentials,
        "oauth2_refresh_token" => KeySet.OAuth2RefreshToken,
        "exec" => KeySet.ExecCredential,
        "aws_sigv4" => KeySet.AwsSigV4Credential,
        "gcp_metadata" => KeySet.GcpMetadataCredential,
        _ => KeySet.EnvCredential,
    };
}
