// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cagent.Cli.Policies;
using Cagent.Policy.Migration;

namespace Cagent.Cli.Migrating;

/// <summary>What <c>cagent migrate</c> says.</summary>
internal sealed record MigrationReport(string Old, string? File, MigrationResult Result)
{
    /// <summary>The policy to standard output unless it went to a file, and the report to where it does not stand in the way.</summary>
    public void Write(InvocationConfiguration console, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(console.Output, ToJson());
            return;
        }

        if (File is null && Result.Text is not null)
        {
            console.Output.Write(Result.Text);
        }

        TextWriter report = File is null || Result.Text is null ? console.Error : console.Output;
        foreach (MigrationNote note in Result.Notes)
        {
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Old}:{note.Location.Line}: {Word(note.Outcome),-7}  {note.OldKey}: {note.Text}"));
        }

        foreach (string diagnostic in Result.Diagnostics.Select(diagnostic => diagnostic.ToString()))
        {
            console.Error.WriteLine(diagnostic);
        }

        if (Result.Text is not null)
        {
            int mapped = Result.Notes.Count(note => note.Outcome == MigrationOutcome.Mapped);
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{mapped} keys mapped, {Result.Notes.Length - mapped} reported{(File is null ? "" : $"; written to {File}")}"));
        }
    }

    private JsonObject ToJson() => new()
    {
        ["old"] = Old,
        ["file"] = Result.Text is null ? null : File,
        ["policy"] = Result.Text,
        ["notes"] = JsonOutput.Array(Result.Notes.Select(note => new JsonObject
        {
            ["key"] = note.OldKey,
            ["line"] = note.Location.Line,
            ["column"] = note.Location.Column,
            ["outcome"] = Word(note.Outcome),
            ["text"] = note.Text,
        })),
        ["diagnostics"] = DiagnosticOutput.ToJson(Result.Diagnostics),
    };

    private static string Word(MigrationOutcome outcome) => outcome switch
    {
        MigrationOutcome.Mapped => "mapped",
        MigrationOutcome.Changed => "changed",
        MigrationOutcome.Waiting => "waiting",
        _ => "dropped",
    };
}
