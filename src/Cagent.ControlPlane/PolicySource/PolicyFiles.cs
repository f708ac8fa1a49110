// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.Publishing;
using Cagent.Policy;

namespace Cagent.ControlPlane.PolicySource;

/// <summary>Loads policies with all their files from disk, in the same way for every command and for the control plane. Thread safe.</summary>
public static class PolicyFiles
{
    /// <summary>How policies are read from disk, for entries that hold at a moment.</summary>
    /// <param name="file">The policy file, as written.</param>
    /// <param name="overlays">The overlays, as written.</param>
    /// <param name="now">The moment; null keeps expired entries.</param>
    public static PolicyLoadOptions Options(string file, ImmutableArray<string> overlays = default, DateTimeOffset? now = null) => new()
    {
        ReadFile = path => DependencyReading.FromDisk(path).AsText(),
        Overlays = overlays.IsDefault ? [] : overlays,
        KnownProfiles = ProfilesBeside(file),
        Now = now,
    };

    /// <summary>Reads and validates a policy file. Null, with the reason, when the file itself cannot be read.</summary>
    public static PolicyLoadResult? Load(string file, PolicyLoadOptions options, out string? problem)
    {
        PolicyFileText text = DependencyReading.FromDisk(file).AsText();
        problem = text.Problem;
        return text.Text is null ? null : PolicyLoader.Load(text.Text, file, options);
    }

    /// <summary>The names of the profiles beside a policy file, for hints.</summary>
    public static ImmutableArray<string> ProfilesBeside(string file)
    {
        string folder = Path.Combine(Path.GetDirectoryName(file) ?? "", "profiles");
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)).Where(name => !name.EndsWith(".test", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(1000)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
