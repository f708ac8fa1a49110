// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;

namespace Cagent.Cli;

/// <summary><c>cagent up</c>.</summary>
internal static class UpCommand
{
    private const string Help = """
        Runs the control plane and an Envoy together until it is stopped.

        Examples:
          cagent up
          cagent up --policy prod.yaml --listen 0.0.0.0:3128 --state /var/lib/cagent
          cagent up --envoy none          # control plane alone; attach an Envoy with the bootstrap that is printed

        Prints a line that starts with "ready " when agents can use the proxy, and makes the file STATE/ready.
        """;

    public static Command Create(Func<UpSettings, CancellationToken, Task<int>> up)
    {
        Option<string> policy = new("--policy") { Description = "The policy file. Every change of it takes effect at once.", DefaultValueFactory = _ => "configs/cagent.yaml", HelpName = "FILE" };
        Option<string> state = new("--state") { Description = "Where the CA key and the last good revision live.", DefaultValueFactory = _ => "./.cagent", HelpName = "DIR" };
        Option<IPEndPoint> listen = new("--listen")
        {
            Description = "Where agents reach the proxy.",
            DefaultValueFactory = _ => new IPEndPoint(IPAddress.Loopback, 3128),
            CustomParser = ParseEndPoint,
            HelpName = "ADDR:PORT",
        };
        Option<string?> envoy = new("--envoy") { Description = "The Envoy executable, or \"none\". Default: ENVOY_BIN, then envoy on PATH.", HelpName = "PATH" };
        Option<int?> concurrency = new("--envoy-concurrency") { Description = "Envoy's worker threads. Default: one a CPU.", HelpName = "N" };
        Option<bool> vulnerable = new("--allow-vulnerable-envoy")
        {
            Description = "Run and serve an Envoy with known security holes, or of a version that it does not tell. Without it they are refused.",
        };
        Option<string> level = new("--log-level") { Description = "The least level that is logged.", DefaultValueFactory = _ => "information" };
        level.AcceptOnlyFromAmong("trace", "debug", "information", "warning", "error");
        Option<LogFormat> format = new("--log-format") { Description = "How log lines on standard error look." };
        Command command = new("up", Help) { policy, state, listen, envoy, concurrency, vulnerable, level, format };
        OverlayOption overlays = OverlayOption.AddTo(command);
        command.SetAction((result, cancellationToken) => up(new UpSettings(
            result.GetRequiredValue(policy), result.GetRequiredValue(state), result.GetRequiredValue(listen), result.GetValue(envoy),
            result.GetValue(concurrency), result.GetRequiredValue(level), result.GetValue(format)) 
        {
            Overlays = overlays.In(result),
            AllowVulnerableEnvoy = result.GetValue(vulnerable),
        }, cancellationToken));
        return command;
    }

    private static IPEndPoint? ParseEndPoint(ArgumentResult argument)
    {
        string text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
        if (text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out IPEndPoint? endPoint) && endPoint.Port != 0)
        {
            return endPoint;
        }

        argument.AddError($"--listen: \"{text}\" is not ADDR:PORT, for example 127.0.0.1:3128 or [::1]:3128");
        return null;
    }
}
