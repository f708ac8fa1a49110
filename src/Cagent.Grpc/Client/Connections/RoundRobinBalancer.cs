// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Grpc.Core;

namespace Cagent.Grpc.Client.Connections;

/// <summary>Keeps every address connected; calls take turns over those that are.</summary>
internal sealed class RoundRobinBalancer(Connectivity channel) : Balancer(channel)
{
    private bool _isActive;

    public override void Update(ImmutableArray<EndPoint> addresses)
    {
        Reconcile(addresses);
        if (_isActive)
        {
            ConnectAll();
        }
    }

    public override void ExitIdle()
    {
        if (!_isActive)
        {
            _isActive = true;
            ConnectAll();
        }
    }

    public override void OnStateChanged(Subchannel subchannel)
    {
        if (subchannel.State is ConnectivityState.Idle or ConnectivityState.TransientFailure)
        {
            RequestResolution();
        }

        if (subchannel.State == ConnectivityState.Idle)
        {
            subchannel.Connect();
        }

        PublishAll();
    }

    public override void Shutdown()
    {
        base.Shutdown();
        _isActive = false;
    }

    private void ConnectAll()
    {
        foreach (Subchannel subchannel in Subchannels)
        {
            subchannel.Connect();
        }

        PublishAll();
    }

    private void PublishAll()
    {
        ImmutableArray<Subchannel> ready = [.. Subchannels.Where(subchannel => subchannel.State == ConnectivityState.Ready)];
        if (!ready.IsEmpty)
        {
            Publish(ConnectivityState.Ready, ready);
        }
        else if (Subchannels.Any(subchannel => !subchannel.HasFailed))
        {
            Publish(ConnectivityState.Connecting, []);
        }
        else
        {
            Publish(ConnectivityState.TransientFailure, [], Subchannels[^1].Failure);
        }
    }
}
