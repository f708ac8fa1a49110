// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Cagent.Cli.Policies;
using Cagent.Compiler.Authz;
using Cagent.Compiler.Limits;

namespace Cagent.Cli.Explaining;

/// <summary><c>cagent explain</c>.</summary>
internal static class ExplainCommand
{
    private const string Help = """
        Says what a policy does with one request: the entry and line that decide, with file and line, the credential's name
        the limits and the agent's budget; or why not, and the smallest change that would allow it. Nothing is sent and nothing need run.

        Examples:
          cagent explain GET https://api.github.com/repos/acme/app
          cagent explain POST https://api.example.com/v1/items --policy prod.yaml --agent ci
          cagent explain POST https://api.example.com/v1/items --overlay prod.yaml
          cagent explain GET wss://stream.example.com/feed --json | jq -r .reason
          cagent explain CONNECT db.partner.example:5432

        Exit code 0: allowed. 2: denied. 1: the policy does not load, or this is no request. What is only known when the
        request is made (addresses, the credential's value, rates, what is left of a budget) is not judged.
        """;

    public static Command Create()
    {
        Argument<string> method = new("METHOD") { Description = "The HTTP method, upper case; CONNECT for a tunnel." };
        Argument<string> url = new("URL") { Description = "http, https, ws or wss; HOST:PORT with CONNECT." };
        Option<string> policy = new("--policy") { Description = "The policy file.", DefaultValueFactory = _ => PolicyFile.DefaultPath, HelpName = "FILE" };
        Option<string?> agent = new("--agent") { Description = "Who asks. Default: the anonymous agent.", HelpName = "NAME" };
        Command command = new("explain", Help) { method, url, policy, agent };
        OverlayOption overlays = OverlayOption.AddTo(command);
        OutputOptions output = OutputOptions.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetRequiredValue(method), result.GetRequiredValue(url), result.GetValue(agent), PolicyFile.Load(result.GetRequiredValue(policy), overlays.In(result)), output.IsJson(result), result.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string method, string url, string? agent, PolicyFile file, bool isJson, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (file.Policy is null)
        {
            file.WriteProblems(console.Error, withWarnings: false);
            return ExitCodes.Error;
        }

        if (!AgentRequest.TryParse(method, url, out AgentRequest? request, out string? problem))
        {
            await console.Error.WriteLineAsync($"cagent: {problem}").ConfigureAwait(false);
            return ExitCodes.Error;
        }

        AuthzTable table = AuthzTable.From(file.Policy);
        request = agent is null ? request : request with { Agent = agent };
        if (!table.HasAgent(request.Agent))
        {
            string known = string.Join(", ", table.Agents.Select(one => one.Name));
            await console.Error.WriteLineAsync(agent is null
                ? $"cagent: the policy names agents; say with --agent which one asks: {known}"
                : $"cagent: the policy knows no agent \"{agent}\"; it knows {known}").ConfigureAwait(false);
            return ExitCodes.Error;
        }

        Explanation explanation = Explanation.Of(table, request, LimitTable.From(file.Policy));
        if (isJson)
        {
            JsonOutput.Write(console.Output, explanation.ToJson());
        }
        else
        {
            ExplanationText.Write(CommandConsole.Open(console.Output), explanation, file.Texts);
        }

        return explanation.Decision.IsAllowed ? ExitCodes.Ok : ExitCodes.No;
    }
}
