// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Reading;

/// <summary>Reads a list <c>profiles</c>: names or paths, or mappings of <c>use</c> and arguments.</summary>
internal sealed class ProfileUseReader(ReadingContext context)
{
    public ImmutableArray<ProfileUseConfig> Read(MappingReader parent) =>
        [.. parent.Items("profiles").Select(item => ReadOne(item.Item, item.KeyPath)).OfType<ProfileUseConfig>()];

    /// <summary>One item: a name, a path, or a mapping.</summary>
    public ProfileUseConfig? ReadOne(YamlNode node, string keyPath)
    {
        switch (node)
        {
            case ScalarNode { IsNull: false, Value.Length: > 0 } scalar:
                return new ProfileUseConfig(node.Location, keyPath, new Located<string>(scalar.Value, scalar.Location, keyPath), []);
            case MappingNode mapping:
                return ReadMapping(mapping, keyPath);
            case UnreadableNode:
                return null;
            default:
                context.Bag.Error(DiagnosticCodes.WrongType, "an item of \"profiles\" wants a name or a mapping", node.Location, keyPath, "write \"- github-readonly\" or \"- {use: npm-readonly, host: npm.mirror.example}\"");
                return null;
        }
    }

    private ProfileUseConfig? ReadMapping(MappingNode mapping, string keyPath)
    {
        // Which arguments a profile takes only the profile says, so any key is taken here.
        TextPairs pairs = new(context.Bag);
        ImmutableArray<NamedText> values = pairs.Read(mapping, keyPath, "an argument of a profile");
        NamedText? use = values.FirstOrDefault(value => value.Name == "use");
        if (use is not null)
        {
            return new ProfileUseConfig(mapping.Location, keyPath, use.Value, values.Remove(use));
        }

        if (!mapping.Pairs.Any(pair => pair.Key == "use"))
        {
            context.Bag.Error(DiagnosticCodes.MissingKey, "the key \"use\" is missing", mapping.Location, $"{keyPath}.use", "name the profile");
        }

        return null;
    }
}
