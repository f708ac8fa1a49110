// SPDX-License-Identifier: Apache-2.0
using Cagent.Contracts.Admin.V1;
using Grpc.Core;

namespace Cagent.Admin.Statuses;

/// <summary><c>cagent.admin.v1.StatusService</c> over the feed. Thread safe.</summary>
public sealed class StatusServiceHandler(StatusFeed feed) : StatusService.StatusServiceBase
{
    /// <inheritdoc/>
    public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        Task.FromResult(new GetStatusResponse { Status = feed.Current });

    /// <inheritdoc/>
    public override async Task WatchStatus(WatchStatusRequest request, IServerStreamWriter<WatchStatusResponse> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        await foreach (DeploymentStatus status in feed.FollowAsync(context.CancellationToken).ConfigureAwait(false))
        {
            await responseStream.WriteAsync(new WatchStatusResponse { Status = status }, context.CancellationToken).ConfigureAwait(false);
        }
    }
}
