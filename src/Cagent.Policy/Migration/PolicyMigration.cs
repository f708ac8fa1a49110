// SPDX-License-Identifier: Apache-2.0
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Migration;

/// <summary>
/// Translates a file of the earlier system, which had the same name and another schema. Every key is mapped or reported; what was lost
/// and would have denied something leaves its entry disabled. Pure and thread safe; no text makes it throw.
/// </summary>
public static class PolicyMigration
{
    private const int MaxLength = 1024 * 1024;

    /// <summary>Translates one file.</summary>
    /// <param name="text">The old file.</param>
    /// <param name="file">Its name, for notes and comments.</param>
    /// <param name="now">The moment for which the policy is meant; entries that have expired by then are told.</param>
    /// <param name="honoured">What the build honours; anything else is written as a comment.</param>
    public static MigrationResult Migrate(string text, string file, DateTimeOffset now, PolicyFeatures honoured = PolicyFeatures.Production)
    {
        DiagnosticBag bag = new();
        if (!YamlText.IsReadable(text, file, MaxLength, bag) || YamlTreeReader.Read(text, file, bag) is not { } root || bag.HasErrors)
        {
            return new MigrationResult(null, [], [.. bag.ToImmutable([file]).Select(AboutOldFile)]);
        }

        MigrationNotes notes = new(honoured);
        string policy = new OldFileMigration(notes, Path.GetFileName(file), now).Migrate(new OldMapping(root, "", notes));
        PolicyLoadResult loaded = PolicyLoader.Load(policy, "(new policy)", new PolicyLoadOptions { Honoured = honoured, Now = now, MaxLength = MaxLength * 8 });
        return new MigrationResult(loaded.Policy is null ? null : policy, notes.ToImmutable(), loaded.Diagnostics);
    }

    // Hints of the reader are about the new language.
    private static Diagnostic AboutOldFile(Diagnostic diagnostic) =>
        diagnostic.Code is DiagnosticCodes.Empty or DiagnosticCodes.RootNotMapping ? diagnostic with { Hint = "name a configuration of the earlier system" } : diagnostic;
}
