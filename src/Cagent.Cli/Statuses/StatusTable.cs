// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.Contracts.Admin.V1;
using Cagent.ControlPlane.Revisions;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;

namespace Cagent.Cli.Statuses;

/// <summary>A status for people: the state first, then why, then each Envoy.</summary>
internal static class StatusTable
{
    public static void Write(IAnsiConsole console, DeploymentStatus status)
    {
        PolicyStatus policy = status.Policy ?? new PolicyStatus();
        Grid facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        facts.AddRow("[bold]policy[/]", Markup.Escape(policy.File));
        facts.AddRow("[bold]state[/]", $"[{Colour(policy.State)}]{policy.State.ToString().ToLowerInvariant()}[/] since {Time(policy.Since)}");
        facts.AddRow("[bold]revision[/]", policy.HasRevision ? Short(policy.Revision) : "none");
        if (policy.HasRefusedRevision)
        {
            facts.AddRow("[bold]refused[/]", $"[red]{Short(policy.RefusedRevision)}[/]");
        }

        facts.AddRow("[bold]envoy[/]", Describe(status.Envoy));
        console.Write(facts);
        Section(console, "diagnostics", policy.Diagnostics);
        Section(console, "refusals", status.Nacks.Select(nack => $"{Time(nack.Time)} {nack.Node} refused {Kind(nack.Type)} {string.Join(", ", nack.Resources)}: {nack.Text}"));
        Section(console, "not served", status.RefusedNodes.Select(node => $"{Time(node.Since)} {node.Id}: {node.Reason}"));
        Section(console, "in quarantine", status.QuarantinedAgents.Select(Describe));
        // Only what an operator should look at, and what is fetched: a policy may name many files.
        Section(console, "credentials", status.Credentials.Where(credential => credential.State != CredentialState.Available || credential.NextAttempt is not null).Select(Describe));
        WriteNodes(console, status);
        BudgetTable.Write(console, status);
    }

    /// <summary>An agent that is stopped, on one line.</summary>
    public static string Describe(QuarantinedAgent agent)
    {
        string by = !agent.ByOperator ? "by the policy" : $"by an operator since {Time(agent.Since)}{(agent.ByPolicy ? ", and by the policy" : "")}";
        return $"{agent.Agent}: {by}{(agent.Reason.Length > 0 ? $" ({agent.Reason})" : "")}{(agent.InPolicy ? "" : "; not in the policy now")}";
    }

    private static void WriteNodes(IAnsiConsole console, DeploymentStatus status)
    {
        if (status.Nodes.Count == 0)
        {
            console.MarkupLine("[yellow]no Envoy is connected: no agent is served[/]");
            return;
        }

        Table table = new Table { Border = TableBorder.Rounded }.AddColumns("node", "type", "sent", "accepted", "resources", "");
        foreach (Node node in status.Nodes)
        {
            string name = Markup.Escape($"{node.Id} ({node.UserAgent})") + (node.BelowSecurityFloor ? "\n[red]below the security floor[/]" : "");
            foreach (NodeType type in node.Types_)
            {
                table.AddRow(name, Kind(type.Type), type.HasSent ? Short(type.Sent) : "-", type.HasAcked ? Short(type.Acked) : "-",
                    type.Resources.ToString(CultureInfo.InvariantCulture), type.Rejected ? "[red]rejected[/]" : "");
                name = "";
            }
        }

        console.Write(table);
    }

    private static void Section(IAnsiConsole console, string title, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length > 0)
        {
            console.MarkupLine($"[bold]{title}[/]");
            foreach (string line in all)
            {
                console.MarkupLine("  " + Markup.Escape(line));
            }
        }
    }

    private static string Describe(Credential credential) => string.Join(", ", new[]
    {
        $"{credential.Name} ({credential.Source}) {credential.State.ToString().ToLowerInvariant()}",
        credential.LastSuccess is null ? "" : $"last success {Time(credential.LastSuccess)}",
        credential.UsableUntil is null ? "" : $"usable until {Time(credential.UsableUntil)}",
        credential.Failures == 0 ? "" : $"failures {credential.Failures.ToString(CultureInfo.InvariantCulture)}",
        credential.NextAttempt is null ? "" : $"next attempt {Time(credential.NextAttempt)}",
    }.Where(part => part.Length > 0)) + (credential.HasProblem ? $": {credential.Problem}" : "");

    private static string Describe(EnvoyProcess? envoy) => envoy?.State switch
    {
        null => "not run by this Cagent",
        EnvoyState.Running => string.Create(CultureInfo.InvariantCulture, $"running, pid {envoy.Pid}{(envoy.Adopted ? ", adopted" : "")}"),
        EnvoyState.BackingOff => string.Create(CultureInfo.InvariantCulture,
            $"[red]exited{(envoy.HasExitCode ? $" with {envoy.ExitCode}" : "")}, start {envoy.Attempt} in {envoy.Delay.ToTimeSpan().TotalSeconds:0.#} s[/]"),
        EnvoyState.Starting => "[yellow]starting[/]",
        _ => "[red]stopped[/]",
    };

    private static string Colour(PolicyState state) => state switch
    {
        PolicyState.Effective => "green",
        PolicyState.Invalid or PolicyState.Rejected => "red",
        _ => "yellow",
    };

    private static string Time(Timestamp? time) =>
        time is null ? "-" : time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Short(string revision) => Markup.Escape(revision[..Math.Min(revision.Length, RevisionId.ShortLength)]);

    /// <summary>The message's name alone: <c>Cluster</c> of <c>type.googleapis.com/envoy.config.cluster.v3.Cluster</c>.</summary>
    private static string Kind(string typeUrl) => Markup.Escape(typeUrl[(typeUrl.LastIndexOf('.') + 1)..]);
}
