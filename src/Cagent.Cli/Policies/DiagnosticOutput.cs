// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.Policy.Diagnostics;
using Spectre.Console;

namespace Cagent.Cli.Policies;

/// <summary>Diagnostics for people and for programs.</summary>
internal static class DiagnosticOutput
{
    /// <summary>Each as <c>FILE:LINE:COLUMN: error CODE: …</c>, which editors and log scanners read, with its line of the file.</summary>
    public static void Write(TextWriter writer, IReadOnlyDictionary<string, string> texts, IEnumerable<Diagnostic> diagnostics)
    {
        IAnsiConsole console = CommandConsole.Open(writer);
        foreach (Diagnostic diagnostic in diagnostics)
        {
            string colour = diagnostic.Severity == DiagnosticSeverity.Error ? "red" : "yellow";
            // Not through the console, which would wrap a long message.
            writer.WriteLine(diagnostic.ToString());
            if (texts.TryGetValue(diagnostic.Location.File, out string? text))
            {
                ExcerptOutput.Write(console, DiagnosticExcerpt.Of(diagnostic, text), colour);
            }
        }
    }

    public static JsonArray ToJson(IEnumerable<Diagnostic> diagnostics) => JsonOutput.Array(diagnostics.Select(diagnostic => new JsonObject
    {
        ["code"] = diagnostic.Code,
        ["severity"] = diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning",
        ["message"] = diagnostic.Message,
        ["file"] = diagnostic.Location.File,
        ["line"] = diagnostic.Location.Line,
        ["column"] = diagnostic.Location.Column,
        ["key"] = diagnostic.KeyPath,
        ["hint"] = diagnostic.Hint,
    }));
}
