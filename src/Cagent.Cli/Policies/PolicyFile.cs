// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.PolicySource;
using Cagent.Policy;
using Cagent.Policy.Catalogue;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Expectations;
using Cagent.Policy.Model;

namespace Cagent.Cli.Policies;

/// <summary>A policy file, with all files that it consists of, as a command reads it.</summary>
/// <param name="File">Its name, as the user wrote it.</param>
/// <param name="Texts">The texts that could be read, by the name that diagnostics give them.</param>
/// <param name="Policy">The policy, or null: then it cannot be read or has errors.</param>
/// <param name="Diagnostics">All that is wrong with it.</param>
/// <param name="Problem">Why the file itself cannot be read, or null.</param>
internal sealed record PolicyFile(
    string File, ImmutableDictionary<string, string> Texts, ValidatedPolicy? Policy, ImmutableArray<Diagnostic> Diagnostics, string? Problem)
{
    /// <summary>Where the policy is when nobody says.</summary>
    public const string DefaultPath = "configs/cagent.yaml";

    /// <summary>The text of the file itself; empty when it cannot be read.</summary>
    public string Text => Texts.GetValueOrDefault(File, "");

    public static PolicyFile Load(string file, ImmutableArray<string> overlays = default)
    {
        ImmutableDictionary<string, string>.Builder texts = TextsOfShipped();
        PolicyLoadOptions options = Options(file, overlays, texts);
        PolicyFileText first = options.ReadFile!(file);
        if (first.Text is null)
        {
            return new PolicyFile(file, texts.ToImmutable(), null, [], $"the file {first.Problem}");
        }

        PolicyLoadResult result = PolicyLoader.Load(first.Text, file, options);
        return new PolicyFile(file, texts.ToImmutable(), result.Policy, result.Diagnostics, null);
    }

    /// <summary>The profile that a test file names, as a policy of its own.</summary>
    public static PolicyFile LoadProfile(PolicyExpectations expectations, string testFile, string text)
    {
        ImmutableDictionary<string, string>.Builder texts = TextsOfShipped();
        texts[testFile] = text;
        PolicyLoadResult result = PolicyLoader.LoadProfile(expectations, testFile, Options(testFile, [], texts));
        return new PolicyFile(testFile, texts.ToImmutable(), result.Policy, result.Diagnostics, null);
    }

    private static PolicyLoadOptions Options(string file, ImmutableArray<string> overlays, ImmutableDictionary<string, string>.Builder texts)
    {
        PolicyLoadOptions options = PolicyFiles.Options(file, overlays, TimeProvider.System.GetUtcNow());
        Func<string, PolicyFileText> read = options.ReadFile!;
        return options with
        {
            ReadFile = path =>
            {
                PolicyFileText text = read(path);
                if (text.Text is { } content)
                {
                    texts[path] = content;
                }

                return text;
            },
        };
    }

    // So that an entry of a shipped profile is shown with its line, like any other.
    private static ImmutableDictionary<string, string>.Builder TextsOfShipped()
    {
        ImmutableDictionary<string, string>.Builder texts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        texts.AddRange(ShippedProfiles.Texts.Select(profile => KeyValuePair.Create(ShippedProfiles.DisplayOf(profile.Key), profile.Value)));
        return texts;
    }

    /// <summary>Writes what is wrong: everything, or the errors alone.</summary>
    public void WriteProblems(TextWriter error, bool withWarnings)
    {
        if (Problem is not null)
        {
            error.WriteLine($"{File}: error: {Problem}");
        }

        DiagnosticOutput.Write(error, Texts, Diagnostics.Where(diagnostic => withWarnings || diagnostic.Severity == DiagnosticSeverity.Error));
    }
}
