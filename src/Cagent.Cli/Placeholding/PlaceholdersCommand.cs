// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json.Nodes;
using Cagent.Cli.Policies;
using Cagent.Compiler.Authz;
using Cagent.ControlPlane.Credentials;
using Cagent.Policy.Model;
using Spectre.Console;

namespace Cagent.Cli.Placeholding;

/// <summary><c>cagent placeholders</c>.</summary>
internal static class PlaceholdersCommand
{
    private const string Help = """
        Prints what agents hold in the place of credentials, where the policy says "placeholder: true". The proxy swaps it for
        the credential at the entry that names it, for the agent that it belongs to, and nowhere else; it is worth nothing to
        anybody who finds it. It is the same as long as the state directory, the names of agent and credential and the format
        are the same, also when the credential itself changes. A running Cagent is not needed.

        Examples:
          cagent placeholders
          cagent placeholders prod.yaml --agent ci --state /var/lib/cagent
          export GITHUB_TOKEN=$(cagent placeholders --agent ci --json | jq -r '.[] | select(.credential == "github").placeholder')

        Exit code 0: printed, or there is none. 1: the policy does not load, knows no such agent, or the key cannot be read.
        """;

    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "The policy file.", DefaultValueFactory = _ => PolicyFile.DefaultPath };
        Option<string?> agent = new("--agent") { Description = "Only those of one agent, by its name in the policy.", HelpName = "NAME" };
        Option<string> state = new("--state") { Description = "The state directory, whose key the values follow from.", DefaultValueFactory = _ => "./.cagent", HelpName = "DIR" };
        Command command = new("placeholders", Help) { file, agent, state };
        OverlayOption overlays = OverlayOption.AddTo(command);
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction(result => Run(
            PolicyFile.Load(result.GetRequiredValue(file), overlays.In(result)), result.GetValue(agent), result.GetRequiredValue(state), output.IsJson(result), result.InvocationConfiguration));
        return command;
    }

    private static int Run(PolicyFile policy, string? agent, string state, bool isJson, InvocationConfiguration console)
    {
        if (policy.Policy is null)
        {
            policy.WriteProblems(console.Error, withWarnings: false);
            return ExitCodes.Error;
        }

        AuthzTable table = AuthzTable.From(policy.Policy);
        if (agent is not null && table.Agents.All(one => one.Name != agent))
        {
            console.Error.WriteLine($"cagent: the policy knows no agent \"{agent}\"; it knows {string.Join(", ", table.Agents.Select(one => one.Name))}");
            return ExitCodes.Error;
        }

        try
        {
            HeldPlaceholder[] held = HeldPlaceholder.Of(table, Path.GetFullPath(state), agent);
            if (isJson)
            {
                JsonOutput.Write(console.Output, JsonOutput.Array(held.Select(ToJson)));
            }
            else
            {
                Write(console.Output, held);
            }

            return ExitCodes.Ok;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine($"cagent: {exception.Message}");
            return ExitCodes.Error;
        }
    }

    private static void Write(TextWriter writer, HeldPlaceholder[] held)
    {
        if (held.Length == 0)
        {
            writer.WriteLine("No entry swaps a placeholder.");
            return;
        }

        Table table = new Table { Border = TableBorder.Rounded }.AddColumns("agent", "credential", "placeholder", "at");
        foreach (HeldPlaceholder one in held)
        {
            table.AddRow(Markup.Escape(one.Agent), Markup.Escape(one.Use.Name), Markup.Escape(one.Value), Markup.Escape(string.Join(", ", one.Entries)));
        }

        CommandConsole.Open(writer).Write(table);
    }

    private static JsonObject ToJson(HeldPlaceholder one) => new()
    {
        ["agent"] = one.Agent,
        ["credential"] = one.Use.Name,
        ["placeholder"] = one.Value,
        ["entries"] = JsonOutput.Array(one.Entries.Select(entry => JsonValue.Create(entry))),
    };

    /// <summary>What one agent holds for one credential.</summary>
    private sealed record HeldPlaceholder(string Agent, CredentialUse Use, string Value, string[] Entries)
    {
        public static HeldPlaceholder[] Of(AuthzTable table, string state, string? only)
        {
            (string Agent, AuthzEntry Entry)[] uses =
            [
                .. table.Agents.Where(agent => only is null || agent.Name == only)
                    .SelectMany(agent => table.Entries.Where(shared => agent.OwnEntries.All(own => own.Key != shared.Key)).Concat(agent.OwnEntries).Select(entry => (agent.Name, entry)))
                    .Where(one => one.entry.Credential is { Placeholder: true }),
            ];
            if (uses.Length == 0)
            {
                return [];
            }

            Placeholders placeholders = Placeholders.Open(state);
            return
            [
                .. uses.GroupBy(one => (one.Agent, one.Entry.Credential!.Name, one.Entry.Credential.PlaceholderFormat))
                    .Select(group => new HeldPlaceholder(group.Key.Agent, group.First().Entry.Credential!, placeholders.Of(group.Key.Agent, group.First().Entry.Credential!), [.. group.Select(one => one.Entry.Name)])),
            ];
        }
    }
}
