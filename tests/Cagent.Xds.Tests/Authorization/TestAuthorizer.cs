// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Authorization;
using Cagent.Xds.Nodes;
using Grpc.Core;

namespace Cagent.Xds.Tests.Authorization;

/// <summary>Refuses nodes whose id begins with "stranger", fails for "broken", hangs for "slow", and wants a token for status.</summary>
internal sealed class TestAuthorizer : IXdsAuthorizer
{
    public static readonly Metadata Token = new() { { "authorization", "Bearer right" } };

    public async ValueTask<Status> AuthorizeNodeAsync(NodeIdentity claimed, XdsCaller caller, CancellationToken cancellationToken)
    {
        switch (claimed.Id)
        {
            case "stranger":
                return new Status(StatusCode.PermissionDenied, "not this node");
            case "broken":
                throw new InvalidOperationException("no database");
            case "slow":
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                break;
        }

        return Status.DefaultSuccess;
    }

    public ValueTask<Status> AuthorizeStatusAsync(XdsCaller caller, CancellationToken cancellationToken) => ValueTask.FromResult(
        caller.Headers.Get("authorization")?.Value == "Bearer right" ? Status.DefaultSuccess : new Status(StatusCode.Unauthenticated, "a token is needed"));
}
