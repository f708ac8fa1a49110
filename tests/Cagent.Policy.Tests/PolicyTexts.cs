// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Policy.Tests;

/// <summary>How the policies of tests are loaded.</summary>
internal static class PolicyTexts
{
    /// <summary>The moment that tests live in.</summary>
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What stands for the shipped profiles, so that no case depends on the catalogue.</summary>
    private static readonly ImmutableSortedDictionary<string, string> Shipped = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("shipped", "version: 1\nparameters: {host: {type: host}, files_host: {type: host, optional: true}}\ndomains:\n  - {domain: \"${host}\", read_only: true}\n  - {domain: \"${files_host}\", read_only: true}\n"),
    ]);

    /// <summary>For a policy whose other files lie in a folder.</summary>
    public static PolicyLoadOptions Options(string text, string folder)
    {
        bool hasOverlay = File.Exists(Path.Combine(folder, "overlay.yaml"));
        return Options(text, path => File.Exists(Path.Combine(folder, path)) ? File.ReadAllText(Path.Combine(folder, path)) : null, hasOverlay) with
        {
            KnownProfiles = Directory.Exists(Path.Combine(folder, "profiles"))
                ? [.. Directory.GetFiles(Path.Combine(folder, "profiles")).Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)]
                : [],
        };
    }

    /// <summary>For a policy whose other files come from a function; null means that there is none.</summary>
    public static PolicyLoadOptions Options(string text, Func<string, string?> files, bool hasOverlay) => new()
    {
        Honoured = text.StartsWith("# honoured: all", StringComparison.Ordinal) ? PolicyFeatures.All : PolicyFeatures.Production,
        Now = Now,
        ShippedProfiles = Shipped,
        Overlays = hasOverlay ? ["overlay.yaml"] : [],
        ReadFile = path => files(path) is { } content ? new PolicyFileText(content, null) : PolicyFileText.Unreadable("does not exist"),
    };
}
