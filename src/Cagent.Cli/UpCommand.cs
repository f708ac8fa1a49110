// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Cagent.Cli.Authorities;
using Cagent.Compiler;
using Cagent.Secrets.Interception;

namespace Cagent.Cli;

/// <summary><c>cagent up</c>.</summary>
internal static class UpCommand
{
    private const string Help = """
        Runs the control plane and an Envoy together until it is stopped.

        Examples:
          cagent up
          cagent up --policy prod.yaml --listen 0.0.0.0:3128 --state /var/lib/cagent
          cagent up --listen 10.200.0.1:3128 --transparent-https 10.200.0.1:15443 --transparent-http 10.200.0.1:15080
          cagent up --agent-listener batch=10.200.0.1:3129 --agent-sockets /run/cagent/agents
          cagent up --mtls-listen 0.0.0.0:3443 --mtls-name proxy.internal --trust-bundle example.org=/etc/spire/bundle.pem
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
            CustomParser = argument => ParseEndPoints(argument)?.FirstOrDefault(),
            HelpName = "ADDR:PORT",
        };
        Option<IPEndPoint[]> https = Redirected("--transparent-https", "Where connections to port 443 are redirected to, from agents without proxy variables.");
        Option<IPEndPoint[]> http = Redirected("--transparent-http", "Where connections to port 80 are redirected to.");
        Option<string?> envoy = new("--envoy") { Description = "The Envoy executable, or \"none\". Default: ENVOY_BIN, then envoy on PATH.", HelpName = "PATH" };
        Option<int?> concurrency = new("--envoy-concurrency") { Description = "Envoy's worker threads. Default: one a CPU.", HelpName = "N" };
        Option<bool> vulnerable = new("--allow-vulnerable-envoy")
        {
            Description = "Run and serve an Envoy with known security holes, or of a version that it does not tell. Without it they are refused.",
        };
        Option<string> level = new("--log-level") { Description = "The least level that is logged.", DefaultValueFactory = _ => "information" };
        level.AcceptOnlyFromAmong("trace", "debug", "information", "warning", "error");
        Option<LogFormat> format = new("--log-format") { Description = "How log lines on standard error look." };
        Option<TimeSpan> leaves = SpanOption.Create("--leaf-lifetime", "How long the certificates live that agents are shown.", new LeafOptions().Lifetime, LeafOptions.MinLifetime, LeafOptions.MaxLifetime);
        Option<DnsEndPoint?> limits = new("--rate-limit-service")
        {
            Description = "An envoyproxy/ratelimit that counts limits with \"scope: global\" for several Cagents. Default: each counts in its own memory.",
            CustomParser = ParseHost,
            HelpName = "HOST:PORT",
        };
        Command command = new("up", Help) { policy, state, listen, https, http, envoy, concurrency, vulnerable, level, format, leaves, limits };
        OverlayOption overlays = OverlayOption.AddTo(command);
        AgentListenOptions agents = AgentListenOptions.AddTo(command);
        command.SetAction((result, cancellationToken) => up(new UpSettings(
            result.GetRequiredValue(policy), result.GetRequiredValue(state), result.GetRequiredValue(listen), result.GetValue(envoy),
            result.GetValue(concurrency), result.GetRequiredValue(level), result.GetValue(format))
        {
            Overlays = overlays.In(result),
            Transparent = new TransparentListen([.. result.GetValue(https) ?? []], [.. result.GetValue(http) ?? []]),
            Agents = agents.In(result),
            MutualTlsNames = agents.NamesIn(result),
            LeafLifetime = result.GetRequiredValue(leaves),
            RateLimitService = result.GetValue(limits),
            AllowVulnerableEnvoy = result.GetValue(vulnerable),
        }, cancellationToken));
        return command;
    }

    private static Option<IPEndPoint[]> Redirected(string name, string description) => new(name)
    {
        Description = description + " May be repeated, for one port of several addresses.",
        CustomParser = ParseEndPoints,
        HelpName = "ADDR:PORT",
    };

    private static DnsEndPoint? ParseHost(ArgumentResult argument)
    {
        string text = argument.Tokens.Single().Value;
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon].Trim('[', ']');
        if (Uri.CheckHostName(host) != UriHostNameType.Unknown && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0)
        {
            return new DnsEndPoint(host, port);
        }

        argument.AddError($"--rate-limit-service: \"{text}\" is not HOST:PORT, for example ratelimit.internal:8081");
        return null;
    }

    private static IPEndPoint[]? ParseEndPoints(ArgumentResult argument)
    {
        List<IPEndPoint> endPoints = [];
        foreach (string text in argument.Tokens.Select(token => token.Value))
        {
            if (!text.Contains(':', StringComparison.Ordinal) || !IPEndPoint.TryParse(text, out IPEndPoint? endPoint) || endPoint.Port == 0)
            {
                argument.AddError($"{(argument.Parent as OptionResult)?.Option.Name}: \"{text}\" is not ADDR:PORT, for example 127.0.0.1:3128 or [::1]:3128");
                return null;
            }

            endPoints.Add(endPoint);
        }

        return [.. endPoints];
    }
}
