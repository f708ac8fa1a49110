// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cagent.Docs.Tests.Schema;

/// <summary>YAML as JSON, by YAML 1.2's core schema, as editors read it.</summary>
internal static class YamlDocument
{
    /// <summary>The document; false when no editor could read it either.</summary>
    public static bool TryParse(string text, out JsonNode? json)
    {
        json = null;
        try
        {
            YamlStream stream = [];
            stream.Load(new StringReader(text));
            json = stream.Documents.Count == 1 ? Convert(stream.Documents[0].RootNode) : null;
            return stream.Documents.Count == 1;
        }
        catch (Exception exception) when (exception is YamlException or ArgumentException or InvalidOperationException or InvalidCastException)
        {
            return false;
        }
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value!),
        _ => ((YamlScalarNode)node).Value,
    };

    private static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" => null,
        "true" or "false" => text == "true",
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        _ when text.Any(char.IsAsciiDigit) && double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number) => number,
        _ => text,
    };
}
