// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Policy.Diagnostics;

/// <summary>One thing that is wrong in a policy file. Codes are listed in <c>docs/diagnostics.md</c>.</summary>
/// <param name="Code">Stable code, <c>CAG1xxx</c>.</param>
/// <param name="Severity">Whether the policy still loads.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Location">Where.</param>
/// <param name="KeyPath">The path of the key, such as <c>domains[2].credential.use</c>; null when the file as a whole is meant.</param>
/// <param name="Hint">What to write instead, if that can be said.</param>
public sealed record Diagnostic(
    string Code, DiagnosticSeverity Severity, string Message, SourceLocation Location, string? KeyPath, string? Hint)
{
    /// <summary><c>file:line:column: error CAG1007: message; hint</c>.</summary>
    public override string ToString()
    {
        string severity = Severity == DiagnosticSeverity.Error ? "error" : "warning";
        return Hint is null ? $"{Location}: {severity} {Code}: {Message}" : $"{Location}: {severity} {Code}: {Message}; {Hint}";
    }
}
