// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;
using Cagent.Policy.Layers;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Catalogue;

/// <summary>What can be told of a profile without its arguments. Immutable.</summary>
/// <param name="Description">Its description; empty when it has none.</param>
/// <param name="Parameters">What it takes.</param>
/// <param name="Hosts">The hosts of its entries as written, such as <c>api.github.com</c> or <c>${host}</c>.</param>
public sealed record ProfileOutline(string Description, ImmutableArray<ProfileParameterOutline> Parameters, ImmutableArray<string> Hosts)
{
    /// <summary>Reads a profile's text; null when it has an error.</summary>
    public static ProfileOutline? Read(string text, string file)
    {
        DiagnosticBag bag = new();
        if (!YamlText.IsReadable(text, file, new PolicyLoadOptions().MaxLength, bag) || YamlTreeReader.Read(text, file, bag) is not { } node)
        {
            return null;
        }

        ReadingContext context = new(bag, PolicyFeatures.Production);
        MappingReader reader = new(node, "", FileKeys.Profile, context);
        Located<string>? description = reader.Text("description");
        ImmutableArray<ProfileParameter> parameters = new ParameterReader(context).Read(reader);
        ImmutableArray<string> hosts = [.. reader.Items("domains").Select(item => item.Item).OfType<MappingNode>()
            .Select(entry => entry.Pairs.FirstOrDefault(pair => pair.Key == "domain")?.Value).OfType<ScalarNode>().Select(host => host.Value)];
        return bag.HasErrors ? null : new ProfileOutline(description?.Value ?? "", [.. parameters.Select(Outline)], hosts);
    }

    private static ProfileParameterOutline Outline(ProfileParameter parameter) =>
        new(parameter.Name, ParameterReader.NameOf(parameter.Type), parameter.IsRequired, parameter.Default?.Value, parameter.Description);
}
