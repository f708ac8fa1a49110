// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>Reads the block <c>credentials</c>.</summary>
internal sealed class CredentialConfigReader(ReadingContext context)
{
    private readonly CredentialSourceReader _sources = new(context);

    public ImmutableArray<CredentialConfig> Read(MappingReader root)
    {
        switch (root.Find("credentials"))
        {
            case null or UnreadableNode:
                return [];
            case MappingNode mapping:
                return [.. mapping.Pairs.Where(pair => pair.Value is not UnreadableNode).Select(ReadOne)];
            case YamlNode node:
                context.Bag.Error(DiagnosticCodes.WrongType, "\"credentials\" wants a mapping of names", node.Location, "credentials", "write \"credentials: {github: {from: env, name: GITHUB_TOKEN}}\"");
                return [];
        }
    }

    private CredentialConfig ReadOne(MappingPair pair)
    {
        string keyPath = $"credentials.{pair.Key}";
        return new CredentialConfig(pair.Key, pair.KeyLocation, keyPath, _sources.Read(pair.Value, keyPath));
    }
}
