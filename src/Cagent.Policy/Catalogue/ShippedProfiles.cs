// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Cagent.Policy.Diagnostics;

namespace Cagent.Policy.Catalogue;

/// <summary>The profiles that the program brings along: the files of <c>configs/profiles</c> as they were when it was built.</summary>
public static class ShippedProfiles
{
    private const string Prefix = "profiles/";
    private const string DisplayFolder = "<shipped>/";
    private const string Extension = ".yaml";

    /// <summary>The text of each, by its name.</summary>
    public static ImmutableSortedDictionary<string, string> Texts { get; } = ReadAll();

    /// <summary>What diagnostics call its file. No path can look like this, since a policy's file never lies there.</summary>
    public static string DisplayOf(string name) => $"{DisplayFolder}{name}{Extension}";

    /// <summary>The profile whose file a diagnostic names; null when the file is none of these.</summary>
    /// <param name="display">What <see cref="DisplayOf"/> gave.</param>
    public static string? NameOf(string display)
    {
        ArgumentNullException.ThrowIfNull(display);
        return display.StartsWith(DisplayFolder, StringComparison.Ordinal) ? display[DisplayFolder.Length..^Extension.Length] : null;
    }

    /// <summary>What to say of a name that is none of theirs.</summary>
    public static string ProblemOf(string name) =>
        $"no shipped profile is called \"{name}\"; {Spelling.Suggest(name, Texts.Keys) ?? "`cagent profiles list` shows them"}";

    private static ImmutableSortedDictionary<string, string> ReadAll()
    {
        Assembly assembly = typeof(ShippedProfiles).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToImmutableSortedDictionary(name => name[Prefix.Length..], name => Read(assembly, name), StringComparer.Ordinal);
    }

    private static string Read(Assembly assembly, string name)
    {
        using StreamReader reader = new(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
