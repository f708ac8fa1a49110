// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.Cli.Policies;

/// <summary>A policy file as a command reads it.</summary>
/// <param name="File">Its name, as the user wrote it.</param>
/// <param name="Text">Its text; empty when it cannot be read.</param>
/// <param name="Policy">The policy, or null: then it cannot be read or has errors.</param>
/// <param name="Diagnostics">All that is wrong with it.</param>
/// <param name="Problem">Why the file itself cannot be read, or null.</param>
internal sealed record PolicyFile(string File, string Text, ValidatedPolicy? Policy, ImmutableArray<Diagnostic> Diagnostics, string? Problem)
{
    /// <summary>Where the policy is when nobody says.</summary>
    public const string DefaultPath = "configs/cagent.yaml";

    public static async Task<PolicyFile> LoadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            string text = await System.IO.File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
            PolicyLoadResult result = PolicyLoader.Load(text, file);
            return new PolicyFile(file, text, result.Policy, result.Diagnostics, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new PolicyFile(file, "", null, [], exception.Message);
        }
    }

    /// <summary>Writes what is wrong: everything, or the errors alone.</summary>
    public void WriteProblems(TextWriter error, bool withWarnings)
    {
        if (Problem is not null)
        {
            error.WriteLine($"{File}: error: {Problem}");
        }

        DiagnosticOutput.Write(error, Text, Diagnostics.Where(diagnostic => withWarnings || diagnostic.Severity == DiagnosticSeverity.Error));
    }
}
