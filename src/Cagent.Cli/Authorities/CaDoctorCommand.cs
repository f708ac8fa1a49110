// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Cagent.Secrets.Interception;
using Cagent.Secrets.Trust;
using Spectre.Console;

namespace Cagent.Cli.Authorities;

/// <summary><c>cagent ca doctor</c>.</summary>
internal static class CaDoctorCommand
{
    private const string Help = """
        Proves that the programs on this machine trust the CA. Each runtime that is found makes a real request to a server on
        the loopback whose certificate the CA has signed, with the variables of `cagent ca env` (--as-is: with the environment as
        it is), and must refuse a server that is a stranger's. What fails is tried again with the fix that is printed.

        Nothing on the machine is changed.

        Examples:
          cagent ca doctor
          cagent ca doctor --as-is --only node\ https --only git
          cagent ca doctor --output json | jq '.runtimes[] | select(.verdict == "not_trusted")'

        Exit code 0: every runtime that was found trusts the CA. 1: one does not, or there is no CA.
        """;

    public static Command Create()
    {
        Option<bool> asIs = new("--as-is") { Description = "Ask them in this command's own environment, as inside an agent." };
        Option<bool> env = new("--env") { Description = "Print the variables of `cagent ca env`, and ask nobody." };
        Option<string[]> only = new("--only") { Description = "A runtime to ask; may be given several times.", HelpName = "RUNTIME" };
        only.AcceptOnlyFromAmong([.. TrustDoctor.Runtimes]);
        Command command = new("doctor", Help) { asIs, env, only };
        Option<string> state = CaState.AddTo(command);
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction((result, cancellationToken) => CaState.RunAsync(result, state, async found =>
        {
            found.WriteBundles();
            TrustEnvironment trust = TrustEnvironment.Of(found.Folder);
            if (result.GetValue(env))
            {
                CaEnvCommand.Write(result, found, trust, output.IsJson(result));
                return ExitCodes.Ok;
            }

            using InterceptionCa ca = found.Open();
            TrustDoctor doctor = new(trust, CaProbeCommand.Self(), TimeProvider.System);
            ImmutableArray<TrustFinding> findings = await doctor.RunAsync(ca, !result.GetValue(asIs), [.. result.GetValue(only) ?? []], cancellationToken).ConfigureAwait(false);
            Write(result.InvocationConfiguration.Output, findings, output.IsJson(result));
            return findings.Any(IsFailure) ? ExitCodes.Error : ExitCodes.Ok;
        }));
        return command;
    }

    private static bool IsFailure(TrustFinding finding) => finding.Verdict is TrustVerdict.NotTrusted or TrustVerdict.Unverified;

    private static void Write(TextWriter writer, ImmutableArray<TrustFinding> findings, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(writer, new JsonObject { ["trusted"] = !findings.Any(IsFailure), ["runtimes"] = JsonOutput.Array(findings.Select(ToJson)) });
            return;
        }

        IAnsiConsole console = CommandConsole.Open(writer);
        foreach (TrustFinding finding in findings)
        {
            (string colour, string word) = finding.Verdict switch
            {
                TrustVerdict.Trusted => ("green", "ok"),
                TrustVerdict.NotTrusted => ("red", "not trusted"),
                TrustVerdict.Unverified => ("red", "unverified"),
                TrustVerdict.NotFound => ("grey", "not found"),
                _ => ("yellow", "not probed"),
            };
            console.MarkupLine($"[{colour}]{word,-12}[/] {Markup.Escape(finding.Runtime)}");
            // Not through the console: it would wrap a command, and a wrapped command cannot be pasted.
            if (finding.Detail is { } detail)
            {
                writer.WriteLine($"             {detail}");
            }

            if (finding.Fix is { } fix)
            {
                writer.WriteLine($"             fix{(finding.IsProven ? " (tried, works)" : "")}: {fix}");
            }
        }
    }

    private static JsonObject ToJson(TrustFinding finding) => new()
    {
        ["runtime"] = finding.Runtime,
        ["verdict"] = finding.Verdict switch
        {
            TrustVerdict.Trusted => "trusted",
            TrustVerdict.NotTrusted => "not_trusted",
            TrustVerdict.Unverified => "unverified",
            TrustVerdict.NotFound => "not_found",
            _ => "not_probed",
        },
        ["program"] = finding.Program,
        ["detail"] = finding.Detail,
        ["fix"] = finding.Fix,
        ["fix_proven"] = finding.IsProven,
    };
}
