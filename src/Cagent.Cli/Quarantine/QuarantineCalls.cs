// SPDX-License-Identifier: Apache-2.0
using Cagent.Cli.Statuses;
using Cagent.Contracts;
using Cagent.Contracts.Admin.V1;
using Cagent.ControlPlane.Unix;
using Cagent.Grpc.Client;
using Grpc.Core;

namespace Cagent.Cli.Quarantine;

/// <summary>The calls of <c>cagent quarantine</c>, their words and exit codes.</summary>
internal sealed class QuarantineCalls(string state, TextWriter output, TextWriter error)
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int NotConfirmed = 2;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    public Task<int> QuarantineAsync(string agent, string reason, CancellationToken cancellationToken) => CallAsync(async (client, deadline) =>
    {
        QuarantineAgentRequest request = new() { Agent = agent, Reason = reason };
        QuarantineAgentResponse response = await client.QuarantineAgentAsync(request, deadline: deadline, cancellationToken: cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync(response.Changed ? $"{agent} is stopped: its requests are denied" : $"{agent} was stopped before").ConfigureAwait(false);
        return await ConfirmAsync(response.Effective, "its tunnels have ended", "that its tunnels have ended").ConfigureAwait(false);
    }, cancellationToken);

    public Task<int> ReleaseAsync(string agent, CancellationToken cancellationToken) => CallAsync(async (client, deadline) =>
    {
        ReleaseAgentResponse response = await client.ReleaseAgentAsync(new ReleaseAgentRequest { Agent = agent }, deadline: deadline, cancellationToken: cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync(response.Changed ? $"{agent} is released" : $"{agent} was stopped by no operator").ConfigureAwait(false);
        if (response.QuarantinedByPolicy)
        {
            await output.WriteLineAsync("but the policy file says \"quarantined: true\" of it, which holds").ConfigureAwait(false);
        }

        return await ConfirmAsync(response.Effective, "it may work", "the release").ConfigureAwait(false);
    }, cancellationToken);

    public Task<int> ListAsync(bool isJson, CancellationToken cancellationToken) => CallAsync(async (client, deadline) =>
    {
        ListQuarantinedAgentsResponse response =
            await client.ListQuarantinedAgentsAsync(new ListQuarantinedAgentsRequest(), deadline: deadline, cancellationToken: cancellationToken).ConfigureAwait(false);
        string text = isJson ? QuarantineJson.Render(response)
            : response.Agents.Count == 0 ? "nobody is stopped"
            : string.Join(Environment.NewLine, response.Agents.Select(StatusTable.Describe));
        await output.WriteLineAsync(text).ConfigureAwait(false);
        return Done;
    }, cancellationToken);

    private async Task<int> ConfirmAsync(bool isEffective, string confirmed, string awaited)
    {
        await output.WriteLineAsync(isEffective ? $"every Envoy has confirmed: {confirmed}" : $"no Envoy is connected, or one has not confirmed yet {awaited}: cagent status").ConfigureAwait(false);
        return isEffective ? Done : NotConfirmed;
    }

    private async Task<int> CallAsync(Func<QuarantineService.QuarantineServiceClient, DateTime, Task<int>> call, CancellationToken cancellationToken)
    {
        string socket = SocketPaths.Find(Path.TrimEndingDirectorySeparator(Path.GetFullPath(state))).Api;
        using HttpChannel channel = HttpChannel.ForUnixSocket(socket);
        try
        {
            return await call(new QuarantineService.QuarantineServiceClient(channel), TimeProvider.System.GetUtcNow().Add(AnswerLimit).UtcDateTime).ConfigureAwait(false);
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            return Failed;
        }
        catch (RpcException exception)
        {
            bool isOurs = exception.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition || exception.Status.Detail.StartsWith("nothing has changed", StringComparison.Ordinal);
            await error.WriteLineAsync(isOurs ? $"cagent: {exception.Status.Detail}" : StatusCommand.Explain(exception.StatusCode, state, socket, isStarted: false)).ConfigureAwait(false);
            return Failed;
        }
    }
}
