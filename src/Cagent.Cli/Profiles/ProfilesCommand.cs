// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json.Nodes;
using Cagent.Policy.Catalogue;

namespace Cagent.Cli.Profiles;

/// <summary><c>cagent profiles</c>.</summary>
internal static class ProfilesCommand
{
    private const string Help = """
        Shows the profiles that this build brings along: ready-made entries for APIs and package managers, each with what it
        leaves out. A policy uses them by name:

          profiles: [github-readonly, {use: npm-readonly, host: npm.mirror.example}]

        Examples:
          cagent profiles list
          cagent profiles show github-clone
        """;

    private const string ListHelp = """
        Lists the shipped profiles: what each opens, its arguments ([optional], name=default) and its hosts.

        Examples:
          cagent profiles list
          cagent profiles list --output json | jq -r '.profiles[] | select(.parameters | length == 0) | .name'
        """;

    private const string ShowHelp = """
        Prints a shipped profile as its file stands, comments included: what is allowed, and what is off and why.

        Examples:
          cagent profiles show github-clone
          cagent profiles show openai > profiles/my-openai.yaml      to begin one of your own
          cagent profiles show openai --output json | jq .parameters

        Exit code 0: shown. 1: there is no such profile.
        """;

    public static Command Create()
    {
        Command command = new("profiles", Help);
        command.Subcommands.Add(CreateList());
        command.Subcommands.Add(CreateShow());
        return command;
    }

    private static Command CreateList()
    {
        Command command = new("list", ListHelp);
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction(result =>
        {
            TextWriter writer = result.InvocationConfiguration.Output;
            if (output.IsJson(result))
            {
                JsonOutput.Write(writer, new JsonObject { ["profiles"] = JsonOutput.Array(ShippedProfiles.Texts.Keys.Select(name => ProfileText.ToJson(name, withText: false))) });
            }
            else
            {
                ProfileText.WriteTable(writer, ShippedProfiles.Texts.Keys);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command CreateShow()
    {
        Argument<string> name = new("NAME") { Description = "A profile of the list.", HelpName = "NAME" };
        name.CompletionSources.Add([.. ShippedProfiles.Texts.Keys]);
        Command command = new("show", ShowHelp) { name };
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction(result => Show(result.GetRequiredValue(name), output.IsJson(result), result.InvocationConfiguration));
        return command;
    }

    private static int Show(string name, bool isJson, InvocationConfiguration console)
    {
        if (!ShippedProfiles.Texts.TryGetValue(name, out string? text))
        {
            console.Error.WriteLine($"cagent: {ShippedProfiles.ProblemOf(name)}");
            return ExitCodes.Error;
        }

        if (isJson)
        {
            JsonOutput.Write(console.Output, ProfileText.ToJson(name, withText: true));
        }
        else
        {
            console.Output.Write(text);
        }

        return ExitCodes.Ok;
    }
}
