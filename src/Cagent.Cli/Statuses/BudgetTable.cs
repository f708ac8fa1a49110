// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Contracts.Admin.V1;
using Spectre.Console;

namespace Cagent.Cli.Statuses;

/// <summary>What agents have used of their budgets; nothing where the policy has none.</summary>
internal static class BudgetTable
{
    private const int Warning = 80;

    public static void Write(IAnsiConsole console, DeploymentStatus status)
    {
        if (status.HasBudgetProblem)
        {
            console.MarkupLine($"[red]agents with a budget are denied:[/] {Markup.Escape(status.BudgetProblem)}");
        }

        if (status.Budgets.Count == 0)
        {
            return;
        }

        Table table = new Table { Border = TableBorder.Rounded }.AddColumns("budget of", "per", "requests", "bytes", "held", "begins anew");
        foreach (AgentBudget budget in status.Budgets)
        {
            table.AddRow(
                Markup.Escape(budget.Agent), Markup.Escape(budget.Period),
                Used(budget.Requests, budget.HasMaxRequests ? budget.MaxRequests : null, Plain), Used(budget.Bytes, budget.HasMaxBytes ? budget.MaxBytes : null, Size),
                Size(budget.HeldBytes), budget.ResetsAt.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }

        console.Write(table);
    }

    private static string Used(long used, long? limit, Func<long, string> text)
    {
        if (limit is not { } bound)
        {
            return text(used);
        }

        double percent = 100.0 * used / bound;
        string colour = percent >= 100 ? "red" : percent >= Warning ? "yellow" : "green";
        return string.Create(CultureInfo.InvariantCulture, $"[{colour}]{text(used)} of {text(bound)}, {Math.Floor(percent)} %[/]");
    }

    private static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Size(long bytes) => bytes switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.##} GiB"),
    };
}
