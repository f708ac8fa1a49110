// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Tests;

/// <summary>How the policies of tests are loaded.</summary>
internal static class PolicyTexts
{
    /// <summary>The moment that tests live in.</summary>
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

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
        Overlays = hasOverlay ? ["overlay.yaml"] : [],
        ReadFile = path => files(path) is { } content ? new PolicyFileText(content, null) : PolicyFileText.Unreadable("does not exist"),
    };
}
