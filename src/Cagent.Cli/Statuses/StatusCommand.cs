// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Cagent.Contracts.Admin.V1;
using Cagent.ControlPlane.Unix;
using Cagent.Grpc.Client;
using Grpc.Core;

namespace Cagent.Cli.Statuses;

/// <summary><c>cagent status</c>.</summary>
internal static class StatusCommand
{
    private const string Help = """
        Shows what a running Cagent and its Envoys are doing: the policy in force, refusals, what each Envoy accepted,
        and what agents have used of their budgets.

        Examples:
          cagent status
          cagent status --watch
          cagent status --state /var/lib/cagent --json | jq -r .policy.state
          cagent status --json | jq '.budgets[] | {agent, requests, bytes, resets_at}'

        Exit code 0: the policy is effective. 1: nothing runs there. 2: degraded (the policy file is invalid, was
        rejected or is not effective yet, or no Envoy is connected).
        """;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        Option<string> state = new("--state") { Description = "The state directory of the running Cagent.", DefaultValueFactory = _ => "./.cagent", HelpName = "DIR" };
        Option<bool> watch = new("--watch") { Description = "Go on, and show the status again after each change." };
        Option<bool> json = new("--json") { Description = "As JSON, in the shape of STATE/status.json; with --watch one line each." };
        Command command = new("status", Help) { state, watch, json };
        command.SetAction((result, cancellationToken) =>
        {
            StatusOutput output = new(result.InvocationConfiguration.Output, result.GetValue(json), result.GetValue(watch));
            return RunAsync(result.GetRequiredValue(state), output, result.InvocationConfiguration.Error, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(string state, StatusOutput output, TextWriter error, CancellationToken cancellationToken)
    {
        string socket = SocketPaths.Find(Path.TrimEndingDirectorySeparator(Path.GetFullPath(state))).Api;
        using HttpChannel channel = HttpChannel.ForUnixSocket(socket);
        StatusService.StatusServiceClient client = new(channel);
        try
        {
            return output.IsWatch
                ? await WatchAsync(client, output, cancellationToken).ConfigureAwait(false)
                : await ShowAsync(client, output, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            return StatusVerdict.Effective;
        }
        catch (RpcException exception)
        {
            await error.WriteLineAsync(Explain(exception.StatusCode, state, socket, output.IsStarted)).ConfigureAwait(false);
            return StatusVerdict.NotRunning;
        }
    }

    private static async Task<int> ShowAsync(StatusService.StatusServiceClient client, StatusOutput output, CancellationToken cancellationToken)
    {
        DateTime deadline = TimeProvider.System.GetUtcNow().Add(AnswerLimit).UtcDateTime;
        GetStatusResponse response = await client.GetStatusAsync(new GetStatusRequest(), deadline: deadline, cancellationToken: cancellationToken).ConfigureAwait(false);
        output.Write(response.Status);
        return StatusVerdict.Of(response.Status);
    }

    private static async Task<int> WatchAsync(StatusService.StatusServiceClient client, StatusOutput output, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<WatchStatusResponse> call = client.WatchStatus(new WatchStatusRequest(), cancellationToken: cancellationToken);
        await foreach (WatchStatusResponse response in call.ResponseStream.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            output.Write(response.Status);
        }

        throw new RpcException(new Status(StatusCode.Unavailable, "The stream ended."));
    }

    /// <summary>Why a call to the admin socket failed, for people.</summary>
    public static string Explain(StatusCode code, string state, string socket, bool isStarted) => code switch
    {
        StatusCode.Unavailable when isStarted => "cagent: it has stopped",
        StatusCode.Unavailable => $"cagent: nothing runs with the state directory {state} (no answer on {socket}); start it with \"cagent up --state {state}\", or name the right one with --state",
        StatusCode.DeadlineExceeded => $"cagent: {socket} takes connections but did not answer within {AnswerLimit.TotalSeconds:0} s",
        _ => $"cagent: {socket} answered {code}; is it of another version?",
    };
}
