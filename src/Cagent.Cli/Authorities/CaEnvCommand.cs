// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json.Nodes;
using Cagent.Secrets.Trust;

namespace Cagent.Cli.Authorities;

/// <summary><c>cagent ca env</c>.</summary>
internal static class CaEnvCommand
{
    private const string Help = """
        Prints the environment variables with which common programs trust the CA, as lines for a shell. Nothing is taken from
        what they trust already: every bundle holds this machine's public roots too, and Java's options are added to.

        Examples:
          eval "$(cagent ca env)"
          cagent ca env --output json | jq -r 'to_entries[] | "\(.key)=\(.value)"' > agent.env
          cagent ca env --prefix /etc/cagent         for an agent that finds the bundles in that folder

        Exit code 0: printed. 1: there is no CA.
        """;

    public static Command Create()
    {
        Option<string?> prefix = new("--prefix") { Description = "The folder in which agents find the bundles. Default: the state directory.", HelpName = "DIR" };
        Command command = new("env", Help) { prefix };
        Option<string> state = CaState.AddTo(command);
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction(result => CaState.Run(result, state, found =>
        {
            found.WriteBundles();
            Write(result, found, TrustEnvironment.Of(result.GetValue(prefix) ?? found.Folder), output.IsJson(result));
            return ExitCodes.Ok;
        }));
        return command;
    }

    /// <summary>Writes the variables, and warns of what they would replace.</summary>
    public static void Write(ParseResult result, CaState found, TrustEnvironment environment, bool isJson)
    {
        foreach (TrustVariable variable in environment.Variables.Where(one => one.IsPath && Replaces(one, found)))
        {
            result.InvocationConfiguration.Error.WriteLine(
                $"cagent: warning: {variable.Name} is {Environment.GetEnvironmentVariable(variable.Name)} here; what only that file holds is not in {variable.Value}");
        }

        if (isJson)
        {
            JsonOutput.Write(result.InvocationConfiguration.Output, new JsonObject(environment.Variables.Select(one => KeyValuePair.Create(one.Name, (JsonNode?)one.ValueOver(Environment.GetEnvironmentVariable(one.Name))))));
            return;
        }

        foreach (TrustVariable variable in environment.Variables)
        {
            result.InvocationConfiguration.Output.WriteLine("export " + variable.ToShell());
        }
    }

    // The bundle is made from SSL_CERT_FILE where that is set, so nothing of that is lost.
    private static bool Replaces(TrustVariable variable, CaState found) =>
        Environment.GetEnvironmentVariable(variable.Name) is { Length: > 0 } now && now != variable.Value && now != found.Bundle.BundlePath && now != found.Bundle.OwnPath
        && now != Environment.GetEnvironmentVariable("SSL_CERT_FILE");
}
