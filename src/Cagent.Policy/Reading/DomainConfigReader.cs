// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;
using Cagent.Policy.Model;

namespace Cagent.Policy.Reading;

/// <summary>Reads one item of <c>domains</c>.</summary>
internal sealed class DomainConfigReader(ReadingContext context)
{
    /// <summary>The list <c>domains</c> of a policy or an agent.</summary>
    public static ImmutableArray<DomainConfig> ReadAll(MappingReader parent, ReadingContext context)
    {
        ImmutableArray<DomainConfig>.Builder domains = ImmutableArray.CreateBuilder<DomainConfig>();
        DomainConfigReader reader = new(context);
        int index = -1;
        foreach ((YamlNode item, string keyPath) in parent.Items("domains"))
        {
            index++;
            if (parent.KeyPath.Length == 0 && context.Known?.Find(index, item) is { } known)
            {
                domains.Add(new DomainConfig(item.Location, keyPath) { Known = known, Index = index });
                continue;
            }

            int reported = context.Bag.Reported;
            if (reader.Read(item, keyPath) is { } domain)
            {
                domains.Add(domain with { Index = index, IsClean = context.Bag.Reported == reported });
            }
        }

        return domains.ToImmutable();
    }

    public DomainConfig? Read(YamlNode node, string keyPath)
    {
        if (node is UnreadableNode)
        {
            return null;
        }

        if (node is not MappingNode mapping)
        {
            context.Bag.Error(DiagnosticCodes.WrongType, "an item of \"domains\" wants a mapping of keys", node.Location, keyPath, "write \"- domain: example.com\"");
            return null;
        }

        MappingReader reader = new(mapping, keyPath, EntryKeys.Entry, context);
        reader.RequireKeys();
        return new DomainConfig(reader.Location, keyPath)
        {
            Domain = reader.Text("domain"),
            Port = reader.Number("port"),
            Scheme = reader.Choice<Scheme>("scheme"),
            Allow = reader.Texts("allow"),
            Deny = reader.Texts("deny"),
            ReadOnly = reader.Flag("read_only"),
            Credential = ReadCredential(reader),
            Tls = PolicyConfigReader.ReadTls(reader, context),
            Addresses = reader.Texts("addresses"),
            Timeout = reader.Duration("timeout"),
            IdleTimeout = reader.Duration("idle_timeout"),
            WebSocket = reader.Flag("websocket"),
            RateLimit = LimitReader.ReadRateLimit(reader),
            MaxRequestBody = reader.Size("max_request_body"),
            Resilience = LimitReader.ReadResilience(reader),
            Alias = reader.Text("alias"),
            ExpiresAt = reader.Timestamp("expires_at"),
            Enabled = reader.Flag("enabled"),
            Description = reader.Text("description"),
        };
    }

    private Located<ImmutableArray<NamedText>>? ReadHeaders(MappingReader reader)
    {
        const string Key = "headers";
        switch (reader.Find(Key))
        {
            case MappingNode headers:
                return new(new TextPairs(context.Bag).Read(headers, reader.PathOf(Key), "a header's format"), headers.Location, reader.PathOf(Key));
            case null or UnreadableNode:
                return null;
            case YamlNode node:
                context.Bag.Error(DiagnosticCodes.WrongType, $"\"{Key}\" wants a mapping of headers", node.Location, reader.PathOf(Key), "write headers: {X-Api-Key: \"{value}\"}");
                return null;
        }
    }

    private CredentialUseConfig? ReadCredential(MappingReader parent)
    {
        MappingReader? reader = parent.Mapping("credential", CredentialKeys.Use);
        if (reader is null)
        {
            return null;
        }

        reader.RequireKeys();
        Located<CredentialPlace>? place = reader.Choice<CredentialPlace>("in");
        if (place?.Value is CredentialPlace.Query or CredentialPlace.Basic)
        {
            PolicyFeatures feature = place.Value == CredentialPlace.Query ? PolicyFeatures.QueryCredentials : PolicyFeatures.BasicCredentials;
            context.Gate(feature, $"\"in: {(place.Value == CredentialPlace.Query ? "query" : "basic")}\"", place.Location, place.KeyPath, "use in: header");
        }

        return new CredentialUseConfig(
            reader.Location, reader.KeyPath, reader.Text("use"), reader.Text("header"), reader.Text("format"), reader.Flag("insecure_credential"))
        {
            Headers = ReadHeaders(reader),
            In = place,
            Parameter = reader.Text("parameter"),
            Username = reader.Text("username"),
            Placeholder = reader.Flag("placeholder"),
            PlaceholderFormat = reader.Text("placeholder_format"),
        };
    }
}
