// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;

namespace Cagent.Policy.Reading;

/// <summary>Reads one item of <c>agents</c>.</summary>
internal sealed class AgentConfigReader(ReadingContext context)
{
    public AgentConfig? Read(YamlNode node, string keyPath)
    {
        if (node is UnreadableNode)
        {
            return null;
        }

        if (node is not MappingNode mapping)
        {
            context.Bag.Error(DiagnosticCodes.WrongType, "an item of \"agents\" wants a mapping of keys", node.Location, keyPath, "write \"- name: ci\"");
            return null;
        }

        MappingReader reader = new(mapping, keyPath, AgentKeys.Agent, context);
        reader.RequireKeys();
        return new AgentConfig(reader.Location, keyPath)
        {
            Name = reader.Text("name"),
            Identity = ReadIdentity(reader),
            Profiles = new ProfileUseReader(context).Read(reader),
            Domains = DomainConfigReader.ReadAll(reader, context),
            Budget = LimitReader.ReadBudget(reader),
            Quarantined = reader.Flag("quarantined"),
            Limits = LimitReader.ReadLimits(reader),
            Runtime = LimitReader.ReadRuntime(reader),
            Enabled = reader.Flag("enabled"),
            Description = reader.Text("description"),
        };
    }

    private IdentityConfig? ReadIdentity(MappingReader parent)
    {
        if (parent.Mapping("identity", AgentKeys.Identity) is not { } reader)
        {
            return null;
        }

        return new IdentityConfig(reader.Location, reader.KeyPath)
        {
            Token = new CredentialSourceReader(context).ReadOneOrMore(reader, "token"),
            ContainerLabels = ReadLabels(reader),
            Source = reader.Texts("source", acceptsOne: true),
            Spiffe = reader.Text("spiffe"),
            Listener = reader.Text("listener"),
            NamesAnything = AgentKeys.Identity.All.Any(reader.Has),
        };
    }

    private ImmutableArray<NamedText> ReadLabels(MappingReader reader)
    {
        const string Key = "container_label";
        switch (reader.Find(Key))
        {
            case MappingNode labels:
                return new TextPairs(context.Bag).Read(labels, reader.PathOf(Key), "a container label");
            case null or UnreadableNode:
                return [];
            case YamlNode node:
                context.Bag.Error(DiagnosticCodes.WrongType, $"\"{Key}\" wants a mapping of labels", node.Location, reader.PathOf(Key), "write container_label: {cagent.agent: research}");
                return [];
        }
    }
}
