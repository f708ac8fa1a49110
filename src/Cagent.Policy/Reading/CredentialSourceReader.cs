// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>Reads where one credential comes from. No message repeats a value: people try to put secrets here.</summary>
internal sealed partial class CredentialSourceReader(ReadingContext context)
{
    private const string Advice = "write {from: env, name: VARIABLE} or {from: file, path: /run/secrets/name}";

    /// <summary>An item of <c>credentials</c>.</summary>
    public CredentialSourceConfig? Read(YamlNode node, string keyPath) => Read(node, keyPath, CredentialKeys.All);

    /// <summary>A secret that another source needs, such as a client's.</summary>
    public CredentialSourceConfig? ReadNested(MappingReader parent, string key) =>
        parent.Find(key) is { } node ? Read(node, parent.PathOf(key), CredentialKeys.Plain) : null;

    /// <summary>One secret, or a list of those of which each will do.</summary>
    public Located<ImmutableArray<CredentialSourceConfig>>? ReadOneOrMore(MappingReader parent, string key)
    {
        string keyPath = parent.PathOf(key);
        switch (parent.Find(key))
        {
            case null:
                return null;
            case SequenceNode list:
                if (list.Items.IsEmpty)
                {
                    context.Bag.Error(DiagnosticCodes.WrongType, $"\"{key}\" wants at least one item", list.Location, keyPath, Advice);
                }

                return new([.. list.Items.Select((item, index) => Read(item, $"{keyPath}[{index}]", CredentialKeys.Plain)).OfType<CredentialSourceConfig>()], list.Location, keyPath);
            case { } node:
                return new(Read(node, keyPath, CredentialKeys.Plain) is { } one ? [one] : [], node.Location, keyPath);
        }
    }

    private CredentialSourceConfig? Read(YamlNode node, string keyPath, ImmutableArray<SourceKeys> sources)
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
        MappingReader reader = new(mapping, keyPath, (CredentialKeys.All.FirstOrDefault(keys => keys.Name == source) ?? CredentialKeys.All[0]).Keys, context);
        if (!reader.Has("from"))
        {
            reader.Require("from");
            return null;
        }

        Located<string>? known = reader.Choice("from", CredentialKeys.NamesOf(sources));
        if (known is null)
        {
            return null;
        }

        context.Gate(sources.First(keys => keys.Name == known.Value).Feature, $"the source \"{known.Value}\"", known.Location, known.KeyPath, "use env or file");
        reader.RequireKeys();
        return ReadKnown(known.Value, reader);
    }

    private CredentialSourceConfig ReadKnown(string source, MappingReader reader)
    {
        switch (source)
        {
            case "env":
                return new EnvSourceConfig(reader.Location, reader.KeyPath, reader.Text("name"));
            case "file":
                return new FileSourceConfig(reader.Location, reader.KeyPath, reader.Text("path"));
            case "vault":
                return ReadVault(reader);
            case "exec":
                return new ExecSourceConfig(
                    reader.Location, reader.KeyPath, reader.Texts("command"), reader.Duration("timeout"), reader.Duration("refresh"), reader.Duration("max_stale"),
                    reader.Text("field"), reader.Texts("environment"));
            case "gcp_metadata":
                return new GcpMetadataSourceConfig(reader.Location, reader.KeyPath, reader.Text("service_account"), reader.Texts("scopes"), reader.Text("audience"));
            case "aws_sigv4":
                return ReadAws(reader);
            default:
                return ReadOAuth2(source, reader);
        }
    }

    private AwsSigV4SourceConfig ReadAws(MappingReader reader) => new(
        reader.Location, reader.KeyPath, reader.Text("region"), reader.Text("service"), ReadNested(reader, "access_key_id"),
        ReadNested(reader, "secret_access_key"), ReadNested(reader, "session_token"));

    private CredentialSourceConfig ReadOAuth2(string source, MappingReader reader)
    {
        if (source == "oauth2_refresh_token")
        {
            return new OAuth2RefreshTokenConfig(
                reader.Location, reader.KeyPath, reader.Text("token_url"), ReadNested(reader, "client_id"), ReadNested(reader, "client_secret"),
                ReadNested(reader, "refresh_token"), reader.Texts("scopes")) { Authentication = reader.Choice<ClientAuthentication>("client_auth") };
        }

        return new OAuth2ClientCredentialsConfig(
            reader.Location, reader.KeyPath, reader.Text("token_url"), ReadNested(reader, "client_id"), ReadNested(reader, "client_secret"),
            reader.Texts("scopes"), reader.Text("audience")) { Authentication = reader.Choice<ClientAuthentication>("client_auth") };
    }
}
