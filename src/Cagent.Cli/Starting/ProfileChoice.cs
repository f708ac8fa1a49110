// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Catalogue;

namespace Cagent.Cli.Starting;

/// <summary>One <c>--profile NAME,ARGUMENT=VALUE…</c> of <c>cagent init</c>, with the credential that it needs.</summary>
/// <param name="Name">A shipped profile.</param>
/// <param name="Arguments">Its arguments, in the order of its parameters.</param>
/// <param name="Credentials">The credentials among them, and the environment variable that each comes from.</param>
internal sealed record ProfileChoice(string Name, ImmutableArray<(string Name, string Value)> Arguments, ImmutableArray<(string Name, string Variable)> Credentials)
{
    /// <summary>Reads the option; null with the reason when it is none. What an argument may be is judged with the whole policy.</summary>
    public static ProfileChoice? Parse(string text, out string problem)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string name = parts.FirstOrDefault("");
        if (!ShippedProfiles.Texts.TryGetValue(name, out string? profile))
        {
            problem = ShippedProfiles.ProblemOf(name);
            return null;
        }

        Dictionary<string, string> given = new(StringComparer.Ordinal);
        foreach (string[] argument in parts[1..].Select(part => part.Split('=', 2)))
        {
            if (argument.Length != 2 || argument[1].Length == 0 || !argument[1].All(IsPlain) || !given.TryAdd(argument[0], argument[1]))
            {
                problem = $"\"{string.Join('=', argument)}\" is no argument; write {name},ARGUMENT=VALUE, each once";
                return null;
            }
        }

        ProfileOutline outline = ProfileOutline.Read(profile, ShippedProfiles.DisplayOf(name))!;
        return Bind(name, outline, given, out problem);
    }

    private static ProfileChoice? Bind(string name, ProfileOutline outline, Dictionary<string, string> given, out string problem)
    {
        List<(string, string)> arguments = [];
        List<(string, string)> credentials = [];
        foreach (ProfileParameterOutline parameter in outline.Parameters)
        {
            bool isCredential = parameter.Type == "credential";
            if (!given.Remove(parameter.Name, out string? value) && parameter.IsRequired && !isCredential)
            {
                problem = $"the profile \"{name}\" needs the argument \"{parameter.Name}\" ({parameter.Description}); write --profile {name},{parameter.Name}=VALUE";
                return null;
            }

            // Its name is free to choose, so the profile's is as good as any.
            value ??= isCredential && parameter.IsRequired ? name : null;
            if (value is not null)
            {
                arguments.Add((parameter.Name, value));
            }

            if (value is not null && isCredential)
            {
                credentials.Add((value, VariableOf(value, parameter)));
            }
        }

        string? unknown = given.Keys.FirstOrDefault();
        problem = unknown is null ? "" : $"the profile \"{name}\" has no argument \"{unknown}\"; {Takes(outline)}";
        return unknown is null ? new ProfileChoice(name, [.. arguments], [.. credentials]) : null;
    }

    private static string Takes(ProfileOutline outline) =>
        outline.Parameters.IsEmpty ? "it takes none" : $"it takes {string.Join(", ", outline.Parameters.Select(parameter => parameter.Name))}";

    private static string VariableOf(string credential, ProfileParameterOutline parameter)
    {
        string stem = string.Concat(credential.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
        bool isKey = parameter.Description?.Contains("API key", StringComparison.Ordinal) == true;
        return (char.IsAsciiDigit(stem[0]) ? "_" : "") + stem + (isKey ? "_API_KEY" : "_TOKEN");
    }

    // Everything that an argument of any type may hold, and nothing that means something to YAML between quotes.
    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '@' or ':';
}
