// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Cagent.EnvoyApi;
using Google.Protobuf;

namespace Cagent.Compiler.Tests;

/// <summary>Resources as YAML, in the order in which they were emitted, with nested messages unpacked.</summary>
internal static class ResourceText
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true).WithTypeRegistry(EnvoyTypes.Registry));

    public static string Render(IEnumerable<EnvoyResource> resources)
    {
        StringBuilder text = new();
        foreach (EnvoyResource resource in resources)
        {
            using JsonDocument json = JsonDocument.Parse(Formatter.Format(resource.Message));
            text.Append("---\n");
            Mapping(text, json.RootElement, 0);
        }

        return text.ToString();
    }

    private static void Mapping(StringBuilder text, JsonElement element, int depth, bool afterDash = false)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            text.Append(afterDash ? "" : new string(' ', depth)).Append(Key(property.Name)).Append(':');
            afterDash = false;
            Node(text, property.Value, depth);
        }
    }

    private static void Node(StringBuilder text, JsonElement element, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when element.EnumerateObject().Any():
                text.Append('\n');
                Mapping(text, element, depth + 2);
                break;
            case JsonValueKind.Array when element.GetArrayLength() > 0:
                text.Append('\n');
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Item(text, item, depth);
                }

                break;
            default:
                text.Append(' ').Append(element.GetRawText()).Append('\n');
                break;
        }
    }

    private static void Item(StringBuilder text, JsonElement item, int depth)
    {
        text.Append(' ', depth).Append('-');
        if (item.ValueKind == JsonValueKind.Object && item.EnumerateObject().Any())
        {
            text.Append(' ');
            Mapping(text, item, depth + 2, afterDash: true);
        }
        else
        {
            Node(text, item, depth + 2);
        }
    }

    private static string Key(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.') ? name : JsonSerializer.Serialize(name);
}
