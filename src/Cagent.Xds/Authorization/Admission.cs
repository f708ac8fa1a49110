// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Cagent.Xds.Authorization;

/// <summary>Asks the authoriser, and takes its failure for a refusal. Thread safe.</summary>
internal sealed class Admission(XdsServerOptions options, TimeProvider time, ILogger logger)
{
    private readonly RefusalMemory _refusals = new(time);

    private static readonly Status Failed = new(StatusCode.Unavailable, "the caller cannot be authorised now");

    /// <summary>Null when the node may go on, otherwise the status to end its stream with.</summary>
    public async ValueTask<Status?> RefuseNodeAsync(NodeIdentity node, XdsCaller caller, CancellationToken cancellationToken)
    {
        Status? refusal = await AskAsync(token => options.Authorizer.AuthorizeNodeAsync(node, caller, token), cancellationToken).ConfigureAwait(false);
        if (refusal is not { } status)
        {
            return null;
        }

        if (_refusals.IsNews(node.Id, status))
        {
            logger.NodeRefused(ClientText.Name(node.Id), caller.Peer, status.StatusCode, status.Detail);
        }
        else
        {
            logger.NodeRefusedAgain(ClientText.Name(node.Id), caller.Peer, status.StatusCode);
        }

        return refusal;
    }

    /// <summary>Null when the caller may read the status.</summary>
    public ValueTask<Status?> RefuseStatusAsync(XdsCaller caller, CancellationToken cancellationToken) =>
        AskAsync(token => options.Authorizer.AuthorizeStatusAsync(caller, token), cancellationToken);

    private async ValueTask<Status?> AskAsync(Func<CancellationToken, ValueTask<Status>> ask, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            Status status = await ask(limit.Token).AsTask().WaitAsync(options.OpeningTimeout, time, cancellationToken).ConfigureAwait(false);
            return status.StatusCode == StatusCode.OK ? null : status;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever went wrong in it, the caller is not authorised.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await limit.CancelAsync().ConfigureAwait(false);
            logger.AuthorizerFailed(exception);
            return Failed;
        }
    }
}
