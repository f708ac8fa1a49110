// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Layers;

/// <summary>Reads the parameters that a profile declares, and judges arguments by their types.</summary>
internal sealed class ParameterReader(ReadingContext context)
{
    public ImmutableArray<ProfileParameter> Read(MappingReader profile)
    {
        if (profile.Find("parameters") is not MappingNode node)
        {
            if (profile.Find("parameters") is { } wrong and not UnreadableNode)
            {
                context.Bag.Error(DiagnosticCodes.WrongType, "\"parameters\" wants a mapping of names", wrong.Location, "parameters", "write such as parameters: {host: {type: host, description: The mirror.}}");
            }

            return [];
        }

        List<ProfileParameter> parameters = [];
        foreach (MappingPair pair in node.Pairs)
        {
            string path = $"parameters.{pair.Key}";
            if (pair.Key == "use" || pair.Key.Length > 40 || !pair.Key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
            {
                context.Bag.Error(DiagnosticCodes.BadProfile, "a parameter's name has up to 40 lower-case letters, digits and '_', and is not \"use\"", pair.KeyLocation, "parameters");
            }
            else if (pair.Value is not MappingNode mapping)
            {
                context.Bag.Error(DiagnosticCodes.WrongType, "a parameter wants a mapping of keys", pair.Value.Location, path, "write such as host: {type: host, description: The mirror.}");
            }
            else
            {
                ReadOne(mapping, pair.Key, path, parameters);
            }
        }

        return [.. parameters];
    }

    /// <summary>The type's name in a profile.</summary>
    public static string NameOf(ParameterType type) =>
        FileKeys.ProfileParameter.ShapeOf<ChoiceShape<ParameterType>>("type").Choices.First(choice => choice.Value == type).Name;

    /// <summary>What is wrong with an argument, in words that follow "the argument"; or null.</summary>
    public static string? FindProblem(ParameterType type, string value) => type switch
    {
        ParameterType.Host => HostName.TryParsePolicyText(value, out _, out string? problem) ? null : problem,
        ParameterType.Label => IsLabel(value) ? null : "is not one label of a host: lower-case letters, digits and '-'",
        ParameterType.Port => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535 && value[0] != '0' ? null : "is not a port from 1 to 65535",
        ParameterType.Segment => value.Length <= 255 && value is not ("." or "..") && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '@') ? null : "is not one segment of a path: letters, digits, '-', '_', '.', '~' and '@'",
        _ => value.Length <= 64 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? null : "is not the name of a credential",
    };

    private void ReadOne(MappingNode mapping, string name, string path, List<ProfileParameter> parameters)
    {
        MappingReader reader = new(mapping, path, FileKeys.ProfileParameter, context);
        reader.RequireKeys();
        Located<ParameterType>? type = reader.Choice<ParameterType>("type");
        Located<string>? fallback = reader.Text("default");
        Located<bool>? optional = reader.Flag("optional");
        Located<string>? description = reader.Text("description");
        if (type is null)
        {
            return;
        }

        if (fallback is not null && FindProblem(type.Value, fallback.Value) is { } problem)
        {
            context.Bag.Error(DiagnosticCodes.BadProfile, $"the default {problem}", fallback.Location, fallback.KeyPath);
        }

        parameters.Add(new ProfileParameter(name, type.Value, fallback, optional is { Value: true }, description?.Value));
    }

    private static bool IsLabel(string text) =>
        text.Length is > 0 and <= 63 && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
