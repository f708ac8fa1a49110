// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace Cagent.Cli.Authorities;

/// <summary><c>cagent ca bundle</c>.</summary>
internal static class CaBundleCommand
{
    private const string Help = """
        Prints what agents trust, in PEM: Cagent's CAs and this machine's public roots, for programs that replace their roots by
        a file; with --own Cagent's alone, for those that add to theirs.

        Examples:
          cagent ca bundle > /etc/ssl/certs/agents.pem
          cagent ca bundle --own | sudo tee /usr/local/share/ca-certificates/cagent.crt

        Exit code 0: printed. 1: there is no CA.
        """;

    public static Command Create()
    {
        Option<bool> own = new("--own") { Description = "Cagent's CAs alone." };
        Command command = new("bundle", Help) { own };
        Option<string> state = CaState.AddTo(command);
        command.SetAction(result => CaState.Run(result, state, found =>
        {
            found.WriteBundles();
            result.InvocationConfiguration.Output.Write(File.ReadAllText(result.GetValue(own) ? found.Bundle.OwnPath : found.Bundle.BundlePath));
            return ExitCodes.Ok;
        }));
        return command;
    }
}
