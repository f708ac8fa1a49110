// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Cagent.ControlPlane.Publishing;
using Cagent.Xds;
using Cagent.Xds.Resources;
using Microsoft.Extensions.Logging;

namespace Cagent.Server.Up;

/// <summary>Whether agents can use the proxy: an Envoy is attached, has answered for the revision in force, and the proxy's port accepts.</summary>
internal sealed class Readiness(
    ImmutableArray<IPEndPoint> listens, RevisionPublisher publisher, PolicyPipeline pipeline, XdsServer xds, TimeProvider time, ILogger<Readiness> logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan CalmPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AckLimit = TimeSpan.FromSeconds(1);

    /// <summary>Sets and clears the marker as things stand, and announces the first time; until cancelled.</summary>
    public async Task FollowAsync(ReadyMarker marker, string proxy, Func<Task> announce, CancellationToken cancellationToken)
    {
        await BecomeReadyAsync(cancellationToken).ConfigureAwait(false);
        marker.Set(proxy);
        await announce().ConfigureAwait(false);
        while (true)
        {
            while (HasServingNode())
            {
                await Task.Delay(CalmPoll, time, cancellationToken).ConfigureAwait(false);
            }

            marker.Clear();
            logger.NotReady();
            await BecomeReadyAsync(cancellationToken).ConfigureAwait(false);
            marker.Set(proxy);
            logger.ReadyAgain();
        }
    }

    /// <summary>An Envoy is there, and refused no listener: one without its port serves nobody.</summary>
    private bool HasServingNode() => !xds.Nodes.IsEmpty
        && !xds.Nodes.Any(node => node.Types.Any(type => type.TypeUrl == XdsType.Listener.TypeUrl && type.HasRejected));

    private async Task BecomeReadyAsync(CancellationToken cancellationToken)
    {
        while (!await IsReadyAsync(cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(Poll, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        // A refused revision without a last good one stays in force: what Envoy took of it serves, and the status says the rest.
        bool isInForce = !xds.Nodes.IsEmpty && pipeline.Status is { State: PolicyState.Rejected } status && status.Refused == status.Revision;
        return HasServingNode() && (isInForce || await publisher.WaitUntilEffectiveAsync(publisher.Current!.Id, AckLimit, cancellationToken).ConfigureAwait(false))
            && await AcceptAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> AcceptAsync(CancellationToken cancellationToken)
    {
        foreach (IPEndPoint listen in listens)
        {
            if (!await AcceptsAsync(listen, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether somebody accepts connections there.</summary>
    public static async Task<bool> AcceptsAsync(IPEndPoint listen, CancellationToken cancellationToken)
    {
        IPEndPoint target = listen.Address.Equals(IPAddress.Any) ? new IPEndPoint(IPAddress.Loopback, listen.Port)
            : listen.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, listen.Port)
            : listen;
        try
        {
            using Socket probe = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await probe.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
