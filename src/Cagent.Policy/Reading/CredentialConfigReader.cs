// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>Reads the block <c>credentials</c>. No message repeats a value: people try to put secrets here.</summary>
internal sealed class CredentialConfigReader(DiagnosticBag bag)
{
    private static readonly ImmutableArray<string> PlannedSources = ["vault", "oauth2_client_credentials", "oauth2_refresh_token", "exec"];

    public ImmutableArray<CredentialConfig> Read(MappingReader root)
    {
        switch (root.Find("credentials"))
        {
            case null or UnreadableNode:
                return [];
            case MappingNode mapping:
                return [.. mapping.Pairs.Select(ReadOne).OfType<CredentialConfig>()];
            case YamlNode node:
                bag.Error(DiagnosticCodes.WrongType, "\"credentials\" wants a mapping of names", node.Location, "credentials", "write \"credentials: {github: {from: env, name: GITHUB_TOKEN}}\"");
                return [];
        }
    }

    private CredentialConfig? ReadOne(MappingPair pair)
    {
        string keyPath = $"credentials.{pair.Key}";
        if (pair.Value is UnreadableNode)
        {
            return null;
        }

        if (pair.Value is not MappingNode mapping)
        {
            bag.Error(
                DiagnosticCodes.WrongType, "a credential wants a mapping of keys; its value never stands in this file", pair.Value.Location, keyPath, "write {from: env, name: VARIABLE} or {from: file, path: /run/secrets/name}");
            return null;
        }

        string? source = (mapping.Pairs.FirstOrDefault(inner => inner.Key == "from")?.Value as ScalarNode)?.Value;
        if (source is not null && PlannedSources.Contains(source))
        {
            YamlNode node = mapping.Pairs.First(inner => inner.Key == "from").Value;
            bag.Error(DiagnosticCodes.NotSupported, $"the source \"{source}\" is not supported by this build", node.Location, $"{keyPath}.from", "use env or file");
            return new CredentialConfig(pair.Key, pair.KeyLocation, keyPath, Variable: null, Path: null);
        }

        bool isFile = source == "file";
        MappingReader reader = new(mapping, keyPath, isFile ? KeySet.FileCredential : KeySet.EnvCredential, bag);
        reader.Require("from", "write from: env or from: file");
        reader.Choice("from", ("env", true), ("file", true));
        if (source is "env" or "file")
        {
            reader.Require(isFile ? "path" : "name");
        }

        return new CredentialConfig(pair.Key, pair.KeyLocation, keyPath, isFile ? null : reader.Text("name"), isFile ? reader.Text("path") : null);
    }
}
