// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Cagent.Secrets.Interception;

namespace Cagent.Cli.Authorities;

/// <summary><c>cagent ca import</c>.</summary>
internal static class CaImportCommand
{
    private const string Help = """
        Takes a CA of your own, a root or an intermediate, for the interception of agents' requests. Its key is copied, readable
        by its owner alone; ECDSA or RSA, PEM, not encrypted. An intermediate needs the certificates up to its root: agents
        trust them all. Where there is a CA already, --rotate lets the imported one follow it as `cagent ca rotate` does.

        Examples:
          cagent ca import --cert ca.pem --key ca.key
          cagent ca import --cert sub.pem --key sub.key --chain root.pem --state /var/lib/cagent
          cagent ca import --cert new.pem --key new.key --rotate --after 48h

        Exit code 0: imported. 1: it cannot be used (the message says why), or there is a CA already.
        """;

    public static Command Create()
    {
        Option<string> certificate = new("--cert") { Description = "The certificate of the CA.", Required = true, HelpName = "FILE" };
        Option<string> key = new("--key") { Description = "Its private key.", Required = true, HelpName = "FILE" };
        Option<string?> chain = new("--chain") { Description = "The certificates above an intermediate, up to the root.", HelpName = "FILE" };
        Option<bool> rotate = new("--rotate") { Description = "Let it follow the CA that is there." };
        Command command = new("import", Help) { certificate, key, chain, rotate };
        RotationOptions rotation = RotationOptions.AddTo(command);
        Option<string> state = CaState.AddTo(command);
        command.SetAction(result => CaState.Run(result, state, found =>
        {
            TextWriter output = result.InvocationConfiguration.Output;
            using CaImport import = CaImport.Read(result.GetRequiredValue(certificate), result.GetRequiredValue(key), result.GetValue(chain), TimeProvider.System.GetUtcNow());
            if (result.GetValue(rotate))
            {
                rotation.Rotate(result, found, import);
            }
            else
            {
                found.Life.Import(import);
                found.WriteBundles();
                output.WriteLine($"{found.Folder}/pki: imported {import.Certificate.Subject}");
            }

            if (import.HasNameConstraints)
            {
                result.InvocationConfiguration.Error.WriteLine("cagent: warning: this CA has name constraints; agents refuse the certificate of every name outside them");
            }

            CaText.Write(output, found);
            return ExitCodes.Ok;
        }));
        return command;
    }
}
