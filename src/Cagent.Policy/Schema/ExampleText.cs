// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Schema;

/// <summary>Examples of the model, which are YAML, as JSON.</summary>
internal static class ExampleText
{
    public static JsonNode? ToJson(string example) =>
        YamlTreeReader.Read($"value: {example}\n", "example", new DiagnosticBag()) is { Pairs: [{ Value: { } value }] } ? ToJson(value) : throw new FormatException(example);

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        MappingNode mapping => new JsonObject(mapping.Pairs.Select(pair => KeyValuePair.Create(pair.Key, ToJson(pair.Value)))),
        SequenceNode sequence => new JsonArray([.. sequence.Items.Select(ToJson)]),
        ScalarNode { IsPlain: true, Value: "true" or "false" } flag => flag.Value == "true",
        ScalarNode { IsPlain: true } scalar when long.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) => number,
        ScalarNode scalar => scalar.Value,
        _ => null,
    };
}
