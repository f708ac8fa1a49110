// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Grpc.Core;

namespace Cagent.Grpc.Client.Connections;

/// <summary>Decides which addresses are connected and which are used. Every member is called under the channel's state lock.</summary>
internal abstract class Balancer(Connectivity channel)
{
    /// <summary>The subchannels in the order of the addresses.</summary>
    protected ImmutableArray<Subchannel> Subchannels { get; set; } = [];

    /// <summary>Takes new addresses; at least one.</summary>
    public abstract void Update(ImmutableArray<EndPoint> addresses);

    /// <summary>Begins to connect, if nothing is connected.</summary>
    public abstract void ExitIdle();

    public abstract void OnStateChanged(Subchannel subchannel);

    public virtual void Shutdown()
    {
        foreach (Subchannel subchannel in Subchannels)
        {
            subchannel.Shutdown();
        }

        Subchannels = [];
    }

    /// <summary>Keeps the subchannels whose addresses stay, ends the others, and adds what is new.</summary>
    protected void Reconcile(ImmutableArray<EndPoint> addresses)
    {
        Dictionary<EndPoint, Subchannel> old = Subchannels.ToDictionary(subchannel => subchannel.EndPoint);
        Subchannels = [.. addresses.Select(address => old.Remove(address, out Subchannel? kept) ? kept : new Subchannel(address, channel))];
        foreach (Subchannel gone in old.Values)
        {
            gone.Shutdown();
        }
    }

    protected void Publish(ConnectivityState state, ImmutableArray<Subchannel> ready, Status failure = default) =>
        channel.Publish(state, ready, failure);

    protected void RequestResolution() => channel.RequestResolution();
}
