// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Layers;

/// <summary>Puts arguments where a profile writes <c>${name}</c>, in values only, never in keys.</summary>
internal sealed class ProfileSubstitution(Dictionary<string, string?> arguments, ImmutableArray<ProfileParameter> parameters, DiagnosticBag bag)
{
    private const string Mark = "${";

    /// <summary>The profile with its <c>domains</c> filled in.</summary>
    public MappingNode Fill(MappingNode profile) => profile with
    {
        Pairs = [.. profile.Pairs.Select(pair => pair.Key == "domains" ? pair with { Value = Fill(pair.Value) ?? pair.Value } : pair)],
    };

    // Null: the value holds an optional parameter without argument, and its key is left out.
    private YamlNode? Fill(YamlNode node)
    {
        switch (node)
        {
            case ScalarNode scalar:
                return Fill(scalar);
            case SequenceNode sequence:
                return sequence with { Items = [.. sequence.Items.Select(Fill).OfType<YamlNode>()] };
            case MappingNode mapping:
                RefuseLostDenials(mapping);
                ImmutableArray<MappingPair> pairs = [.. mapping.Pairs.Select(pair => (Pair: pair, Value: Fill(pair.Value))).Where(pair => pair.Value is not null).Select(pair => pair.Pair with { Value = pair.Value! })];
                // A use of a credential without the credential is none, and so is an entry without its host.
                return Lost("use") || Lost("domain") ? null : mapping with { Pairs = pairs };

                bool Lost(string key) => mapping.Pairs.Any(pair => pair.Key == key) && pairs.All(pair => pair.Key != key);
            default:
                return node;
        }
    }

    // Everything else that is left out allows less, or is an error; this would allow more.
    private void RefuseLostDenials(MappingNode entry)
    {
        if (entry.Pairs.FirstOrDefault(pair => pair.Key == "deny")?.Value is not SequenceNode deny)
        {
            return;
        }

        foreach (ScalarNode line in deny.Items.OfType<ScalarNode>().Where(line => arguments.Any(argument => argument.Value is null && line.Value.Contains($"{Mark}{argument.Key}}}", StringComparison.Ordinal))))
        {
            bag.Error(DiagnosticCodes.BadProfile, "a deny line holds an optional parameter without argument; left out, it would allow more", line.Location, null, "give the parameter a default, or make it required");
        }
    }

    private ScalarNode? Fill(ScalarNode scalar)
    {
        int at = scalar.Value.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return scalar;
        }

        StringBuilder text = new();
        int from = 0;
        bool isWhole = false;
        while (at >= 0)
        {
            int end = scalar.Value.IndexOf('}', at);
            string name = end < 0 ? "" : scalar.Value[(at + Mark.Length)..end];
            if (!arguments.TryGetValue(name, out string? value))
            {
                bag.Error(DiagnosticCodes.BadProfile, "\"${\" is not followed by the name of a parameter and \"}\"", scalar.Location, null, Spelling.Suggest(name, parameters.Select(parameter => parameter.Name)));
                return scalar;
            }

            if (value is null)
            {
                return null;
            }

            text.Append(scalar.Value, from, at - from).Append(value);
            isWhole = at == 0 && end == scalar.Value.Length - 1;
            from = end + 1;
            at = scalar.Value.IndexOf(Mark, from, StringComparison.Ordinal);
        }

        // A port stands there as a number; everything else is text, whatever it looks like.
        bool isNumber = isWhole && parameters.First(parameter => scalar.Value == $"${{{parameter.Name}}}").Type == ParameterType.Port;
        return scalar with { Value = text.Append(scalar.Value, from, scalar.Value.Length - from).ToString(), IsPlain = isNumber };
    }
}
