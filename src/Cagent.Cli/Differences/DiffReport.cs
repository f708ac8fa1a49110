// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Cagent.Compiler.Differences;
using Spectre.Console;

namespace Cagent.Cli.Differences;

/// <summary>Differences for people and programs.</summary>
internal sealed class DiffReport(ImmutableArray<EntryDifference> differences)
{
    public DifferenceEffect Effect { get; } = differences.Aggregate(DifferenceEffect.None, (effect, difference) => effect | difference.Effect);

    public void Write(TextWriter writer)
    {
        IAnsiConsole console = CommandConsole.Open(writer);
        foreach (EntryDifference difference in differences)
        {
            console.MarkupLine($"{Sign(difference)} [bold]{Markup.Escape(difference.Name)}[/]{Markup.Escape(Owner(difference))}");
            foreach (DifferenceDetail detail in difference.Details)
            {
                writer.WriteLine($"    {Word(detail.Effect)}: {detail.Text}");
            }

            if (Places(difference) is { Length: > 0 } places)
            {
                writer.WriteLine($"    at {places}");
            }
        }

        writer.WriteLine(differences.IsEmpty ? "no difference" : $"{differences.Length} differences: {Word(Effect)}");
    }

    public JsonObject ToJson() => new()
    {
        ["effect"] = Word(Effect),
        ["differences"] = JsonOutput.Array(differences.Select(difference => new JsonObject
        {
            ["name"] = difference.Name,
            ["agent"] = difference.Agent,
            ["effect"] = Word(difference.Effect),
            ["before"] = difference.PlaceBefore?.ToString(),
            ["after"] = difference.PlaceAfter?.ToString(),
            ["details"] = JsonOutput.Array(difference.Details.Select(detail => new JsonObject { ["effect"] = Word(detail.Effect), ["text"] = detail.Text })),
        })),
    };

    private static string Word(DifferenceEffect effect) => effect switch
    {
        DifferenceEffect.None => "same reach",
        DifferenceEffect.Widened => "widened",
        DifferenceEffect.Narrowed => "narrowed",
        _ => "widened and narrowed",
    };

    private static string Sign(EntryDifference difference) =>
        difference.IsNew ? "[red]+[/]" : difference.IsGone ? "[green]-[/]" : "[yellow]~[/]";

    private static string Owner(EntryDifference difference) =>
        difference.Agent is { } agent && (difference.Before ?? difference.After) is not null ? $" for agent {agent}" : "";

    private static string Places(EntryDifference difference) =>
        string.Join(" -> ", new[] { difference.PlaceBefore, difference.PlaceAfter }.OfType<object>());
}
