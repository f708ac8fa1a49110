// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Cagent.Cli.Quarantine;

/// <summary><c>cagent quarantine</c>.</summary>
internal static class QuarantineCommand
{
    private const string Help = """
        Stops an agent at once: everything that it asks is denied, and its open streams end; nobody else's do. It stays
        stopped over restarts and edits of the policy, until it is released. Its name is the one in the policy file.

        Examples:
          cagent quarantine ci --reason "uploads what nobody asked for"
          cagent quarantine "research-*"
          cagent quarantine --list
          cagent quarantine --release ci

        Exit code 0: done, or it was so before. 1: nothing runs there, the policy has no such agent, or the state
        directory cannot be written. 2: done, but an Envoy has not confirmed within 3 s that its streams have ended.
        """;

    public static Command Create()
    {
        Argument<string?> agent = new("AGENT") { Description = "The agent, as the policy names it.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> release = new("--release") { Description = "Release the agent: what the policy file says of it holds again." };
        Option<bool> list = new("--list") { Description = "Show who is stopped, and by whom." };
        Option<string> reason = new("--reason") { Description = "Why, for whoever reads the status later.", DefaultValueFactory = _ => "", HelpName = "TEXT" };
        Option<string> state = new("--state") { Description = "The state directory of the running Cagent.", DefaultValueFactory = _ => "./.cagent", HelpName = "DIR" };
        Option<bool> json = new("--json") { Description = "With --list: as JSON." };
        Command command = new("quarantine", Help) { agent, release, list, reason, state, json };
        command.Validators.Add(result => Check(result, result.GetValue(agent), result.GetValue(list), result.GetValue(release)));
        command.SetAction((result, cancellationToken) =>
        {
            QuarantineCalls calls = new(result.GetRequiredValue(state), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error);
            return result.GetValue(list) ? calls.ListAsync(result.GetValue(json), cancellationToken)
                : result.GetValue(release) ? calls.ReleaseAsync(result.GetValue(agent)!, cancellationToken)
                : calls.QuarantineAsync(result.GetValue(agent)!, result.GetRequiredValue(reason), cancellationToken);
        });
        return command;
    }

    private static void Check(CommandResult result, string? agent, bool isList, bool isRelease)
    {
        if (isList ? agent is not null || isRelease : agent is null)
        {
            result.AddError(isList ? "--list takes neither an agent nor --release." : "Name the agent, or ask with --list who is stopped.");
        }
    }
}
