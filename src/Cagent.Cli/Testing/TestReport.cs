// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json.Nodes;
using Cagent.Cli.Policies;
using Cagent.Compiler.Authz;
using Cagent.Policy.Diagnostics;
using Spectre.Console;

namespace Cagent.Cli.Testing;

/// <summary>Test results for people and programs.</summary>
internal static class TestReport
{
    /// <summary>One line a file, and for each failure the line of the test, what differs, and where the policy decided.</summary>
    public static void Write(InvocationConfiguration console, TestFileResult result)
    {
        IAnsiConsole output = CommandConsole.Open(console.Output);
        if (result.Problem is not null)
        {
            console.Error.WriteLine($"{result.File}: error: {result.Problem}");
        }

        DiagnosticOutput.Write(console.Error, new Dictionary<string, string>(StringComparer.Ordinal) { [result.File] = result.Text }, result.Diagnostics);
        result.BrokenPolicy?.WriteProblems(console.Error, withWarnings: false);
        int failed = result.Failures.Count();
        output.MarkupLine(result.IsBroken ? $"[red]error[/]  {Markup.Escape(result.File)}"
            : failed == 0 ? $"[green]ok[/]     {Markup.Escape(result.File)}: {result.Cases.Length} requests"
            : $"[red]failed[/] {Markup.Escape(result.File)}: {failed} of {result.Cases.Length} requests");
        foreach (TestCaseResult failure in result.Failures)
        {
            console.Output.WriteLine($"{failure.Expectation.Location}: {failure.Expectation.Method} {failure.Expectation.Url} {failure.Problem}");
            ExcerptOutput.Write(output, SourceExcerpt.Of(result.Text, failure.Expectation.Location), "red");
            if (failure.Explanation?.Decision.Entry is { } entry)
            {
                console.Output.WriteLine($"        decided at {failure.Explanation.Decision.Rule?.Location ?? entry.Location}");
            }

            foreach (PolicyChange change in failure.Explanation?.Changes ?? [])
            {
                console.Output.WriteLine($"        to allow it: {change.Instruction}");
            }
        }
    }

    public static void WriteSummary(InvocationConfiguration console, IReadOnlyCollection<TestFileResult> results)
    {
        int failed = results.Sum(result => result.Failures.Count());
        int broken = results.Count(result => result.IsBroken);
        console.Output.WriteLine($"{results.Count} files, {results.Sum(result => result.Cases.Length)} requests, {failed} failed"
            + (broken > 0 ? $", {broken} files could not be run" : ""));
    }

    public static JsonNode ToJson(TestFileResult result) => new JsonObject
    {
        ["file"] = result.File,
        ["broken"] = result.IsBroken,
        ["problem"] = result.Problem ?? result.BrokenPolicy?.Problem,
        ["diagnostics"] = DiagnosticOutput.ToJson([.. result.Diagnostics, .. result.BrokenPolicy?.Diagnostics ?? []]),
        ["cases"] = JsonOutput.Array(result.Cases.Select(one => new JsonObject
        {
            ["location"] = one.Expectation.Location.ToString(),
            ["expected"] = one.Expectation.IsAllowed ? "allow" : "deny",
            ["passed"] = one.Problem is null,
            ["problem"] = one.Problem,
            ["decision"] = one.Explanation?.ToJson(),
        })),
    };
}
