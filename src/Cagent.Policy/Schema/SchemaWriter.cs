// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;

namespace Cagent.Policy.Schema;

/// <summary>Writes the schema: a definition for each kind of mapping, and the two kinds of files at the root.</summary>
internal sealed class SchemaWriter
{
    private const string Argument = @"\$\{[a-z0-9_]{1,40}\}";

    private readonly SortedDictionary<string, JsonNode?> _definitions = new(StringComparer.Ordinal);

    public JsonObject Write()
    {
        JsonObject policy = Reference(FileKeys.Root, isTemplate: false);
        JsonObject profile = Reference(FileKeys.Profile, isTemplate: true);
        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Cagent policy",
            ["description"] = "A policy of Cagent, a file that it includes, an overlay, or a profile. A profile is told by \"parameters\" or \"description\".",
            ["type"] = "object",
            ["if"] = new JsonObject { ["anyOf"] = new JsonArray(Requires("parameters"), Requires("description")) },
            ["then"] = profile,
            ["else"] = policy,
            ["$defs"] = new JsonObject(_definitions.Select(definition => KeyValuePair.Create(definition.Key, definition.Value))),
        };
    }

    private static JsonObject Requires(string key) => new() { ["required"] = new JsonArray(key) };

    private JsonObject Reference(KeySet keys, bool isTemplate)
    {
        string name = keys.Name.Replace(' ', '_') + (isTemplate && keys != FileKeys.Profile ? "_of_a_profile" : "");
        if (!_definitions.ContainsKey(name))
        {
            _definitions.Add(name, null);
            _definitions[name] = Mapping(keys, null, isTemplate);
        }

        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    private JsonObject Mapping(KeySet keys, ValueShape? others, bool isTemplate)
    {
        JsonObject properties = [];
        foreach (LanguageKey key in keys.Keys)
        {
            // Arguments go into the entries of a profile alone.
            JsonObject value = Shape(key.Shape, isTemplate && (keys != FileKeys.Profile || key.Name == "domains"));
            value["description"] = Describe(key);
            if (key.Example is not null)
            {
                value["examples"] = new JsonArray(ExampleText.ToJson(key.Example));
            }

            properties[key.Name] = value;
        }

        JsonObject mapping = new() { ["type"] = "object", ["description"] = Plain(keys.Description), ["properties"] = properties };
        string[] required = [.. keys.Keys.Where(key => key.IsRequired).Select(key => key.Name)];
        if (required.Length > 0)
        {
            mapping["required"] = new JsonArray([.. required]);
        }

        if (keys == LimitKeys.Budget)
        {
            mapping["anyOf"] = new JsonArray(Requires("requests"), Requires("bytes"));
        }

        mapping["additionalProperties"] = others is null ? false : Shape(others, isTemplate);
        return mapping;
    }

    private JsonObject Shape(ValueShape shape, bool isTemplate) => shape switch
    {
        ConstantShape constant => new() { ["const"] = constant.Value },
        FlagShape => Typed("boolean"),
        ScalarShape => new() { ["type"] = new JsonArray("string", "number", "boolean") },
        TextShape { Pattern: null } => Text(null, isTemplate),
        TextShape text => Text(text.Pattern, isTemplate),
        DurationShape => Text("^(?=.*[1-9])[0-9]{1,9}(?:ms|s|m|h)$", isTemplate),
        SizeShape => Text("^(?=.*[1-9])[0-9]{1,12}(?:B|KiB|MiB|GiB|TiB)$", isTemplate),
        MomentShape => Text("^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:Z|[+-][0-9]{2}:[0-9]{2})$", isTemplate),
        WholeShape whole => OrArgument(new() { ["type"] = "integer", ["minimum"] = whole.Min, ["maximum"] = whole.Max }, isTemplate),
        DecimalShape number => OrArgument(new() { ["type"] = "number", ["minimum"] = number.Min, ["maximum"] = number.Max }, isTemplate),
        ChoiceShape choice => OrArgument(new() { ["enum"] = new JsonArray([.. choice.Names]) }, isTemplate),
        ListShape list => List(list, isTemplate),
        BlockShape block => Reference(block.Keys, isTemplate),
        OpenBlockShape block => Mapping(block.Keys, block.Others, isTemplate),
        NamedShape named => Named(named, isTemplate),
        EitherShape either => new() { ["anyOf"] = new JsonArray([.. either.Alternatives.Select(one => Shape(one, isTemplate))]) },
        SourceShape source => new() { ["oneOf"] = new JsonArray([.. source.Sources.Select(keys => Reference(keys.Keys, isTemplate))]) },
        _ => new() { ["not"] = new JsonObject() },
    };

    private static JsonObject Typed(string type) => new() { ["type"] = type };

    private static JsonObject Text(string? pattern, bool isTemplate)
    {
        JsonObject text = new() { ["type"] = "string", ["minLength"] = 1 };
        if (pattern is not null)
        {
            text["pattern"] = isTemplate ? $"{pattern}|{Argument}" : pattern;
        }

        return text;
    }

    private static JsonObject OrArgument(JsonObject shape, bool isTemplate) =>
        isTemplate ? new() { ["anyOf"] = new JsonArray(shape, new JsonObject { ["type"] = "string", ["pattern"] = $"^{Argument}$" }) } : shape;

    private JsonObject List(ListShape list, bool isTemplate)
    {
        JsonObject array = new() { ["type"] = "array", ["items"] = Shape(list.Item, isTemplate) };
        if (list.MinItems > 0)
        {
            array["minItems"] = list.MinItems;
        }

        return list.AcceptsOne ? new() { ["anyOf"] = new JsonArray(Shape(list.Item, isTemplate), array) } : array;
    }

    private JsonObject Named(NamedShape named, bool isTemplate)
    {
        JsonObject mapping = new() { ["type"] = "object", ["additionalProperties"] = Shape(named.Value, isTemplate) };
        if (named.KeyPattern is not null)
        {
            mapping["propertyNames"] = new JsonObject { ["pattern"] = named.KeyPattern };
        }

        return mapping;
    }

    private static string Describe(LanguageKey key)
    {
        string text = key.Description;
        text += key.IsRequired ? " Required." : key.Default is null ? "" : $" Default: {key.Default}.";
        if (key.IsPlanned)
        {
            text += $" Not in this build: it is refused ({DiagnosticCodes.NotSupported}).";
        }
        else if (!PolicyFeatures.Production.HasFlag(key.Feature))
        {
            text += $" Read and checked, but not honoured by this build, which refuses it ({DiagnosticCodes.NotSupported}).";
        }

        return Plain(text);
    }

    /// <summary>Editors show descriptions as plain text.</summary>
    private static string Plain(string markdown) => markdown.Replace("`", "", StringComparison.Ordinal);
}
