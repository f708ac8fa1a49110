// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Attack;
using Spectre.Console;

namespace Cagent.Cli.Attacking;

/// <summary>The results for people: a line for each row that was run, as it comes, what went wrong below it, and at the end what was left out.</summary>
internal static class AttackText
{
    public static void WriteHead(IAnsiConsole console, AttackOptions options)
    {
        Grid facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        facts.AddRow("[bold]proxy[/]", Markup.Escape(options.Proxy.ToString()));
        facts.AddRow("[bold]allowed[/]", Markup.Escape($"https://{options.Targets.Allowed}"));
        facts.AddRow("[bold]canary[/]", Markup.Escape($"{options.Targets.Canary.Target}{(options.Witness is null ? ", not asked: the verdicts rest on what the agent sees" : $", asked at {options.Witness}")}"));
        if (options.Trust.Count == 0)
        {
            facts.AddRow("[bold]ca[/]", "[yellow]none given: any certificate is taken[/]");
        }

        console.Write(facts);
    }

    /// <summary>One row, unless it was not even begun: the end says why.</summary>
    public static void Write(IAnsiConsole console, AttackResult result)
    {
        if (result.Verdict == AttackVerdict.Skipped || result is { Verdict: AttackVerdict.Inconclusive, Inputs: 0, Duration.Ticks: 0 })
        {
            return;
        }

        string word = result.Verdict.ToString().ToLowerInvariant();
        console.MarkupLine(string.Create(CultureInfo.InvariantCulture,
            $"{result.Id,-4}[{Colour(result.Verdict)}]{word,-13}[/]{result.Inputs,4}  {Markup.Escape(result.Title)}"));
        if (result.Reason is not null)
        {
            console.MarkupLine($"      {Markup.Escape(result.Reason)}");
        }

        foreach (AttackEvidence evidence in result.Evidence)
        {
            console.MarkupLine($"      {Markup.Escape(evidence.Input)}");
            console.MarkupLine($"        expected {Markup.Escape(evidence.Expected)}");
            console.MarkupLine($"        observed [{Colour(result.Verdict)}]{Markup.Escape(evidence.Observed)}[/]");
        }
    }

    public static void WriteSummary(IAnsiConsole console, AttackReport report)
    {
        AttackResult[] skipped = [.. report.Results.Where(result => result.Verdict == AttackVerdict.Skipped)];
        if (skipped.Length > 0)
        {
            console.MarkupLine("[bold]skipped[/]");
            foreach (AttackResult result in skipped)
            {
                console.MarkupLine(Markup.Escape($"  {result.Id,-4}{result.Title}: {result.Reason}"));
            }
        }

        if (report.Problem is not null)
        {
            console.MarkupLine($"[yellow]{Markup.Escape(report.Problem)}[/]");
        }

        console.MarkupLine($"[{Colour(report.Verdict)}]{Conclusion(report)}[/]");
    }

    /// <summary>The outcome in one line.</summary>
    public static string Conclusion(AttackReport report)
    {
        string counts = string.Create(CultureInfo.InvariantCulture,
            $"{report.Count(AttackVerdict.Passed)} blocked, {report.Count(AttackVerdict.Failed)} got through, {report.Count(AttackVerdict.Warning)} warnings, {report.Count(AttackVerdict.Inconclusive)} inconclusive, {report.Count(AttackVerdict.Skipped)} skipped in {report.Duration.TotalSeconds:0.0} s");
        return report.Verdict switch
        {
            AttackVerdict.Passed => $"all attacks that were run are blocked{(report.IsWitnessed ? "" : " (not proven by a canary)")}: {counts}",
            AttackVerdict.Failed => $"something got through: {counts}",
            _ => $"inconclusive: {counts}",
        };
    }

    private static string Colour(AttackVerdict verdict) => verdict switch
    {
        AttackVerdict.Passed => "green",
        AttackVerdict.Failed => "red",
        _ => "yellow",
    };
}
