// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Grpc.Core;

namespace Cagent.Grpc.Client.Connections;

/// <summary>
/// Tries the addresses one after another and stays with the first that connects. When all have failed, the channel stays
/// in TRANSIENT_FAILURE while each address is tried again after its own back-off.
/// </summary>
internal sealed class PickFirstBalancer(Connectivity channel) : Balancer(channel)
{
    private ImmutableArray<EndPoint> _addresses = [];
    private Subchannel? _selected;

    // The place in the list during the first pass; beyond its end when all have failed.
    private int _index;
    private bool _isConnecting;

    private bool HaveAllFailed => _isConnecting && _index >= Subchannels.Length;

    public override void Update(ImmutableArray<EndPoint> addresses)
    {
        if (addresses.SequenceEqual(_addresses))
        {
            // A resolver that was asked again because of a failure must not restart what its answer does not change.
            return;
        }

        _addresses = addresses;
        if (_selected is not null)
        {
            if (addresses.Contains(_selected.EndPoint))
            {
                return;
            }

            _selected = null;
            StartPass();
        }
        else if (_isConnecting)
        {
            StartPass();
        }
    }

    public override void ExitIdle()
    {
        if (_selected is null && !_isConnecting)
        {
            StartPass();
        }
    }

    public override void OnStateChanged(Subchannel subchannel)
    {
        if (subchannel == _selected)
        {
            OnSelectedLost(subchannel);
        }
        else if (subchannel.State == ConnectivityState.Ready)
        {
            Select(subchannel);
        }
        else if (!_isConnecting)
        {
            return;
        }
        else if (!HaveAllFailed)
        {
            Advance();
        }
        else if (subchannel.State == ConnectivityState.Idle)
        {
            subchannel.Connect();
        }
        else
        {
            ReportFailure(subchannel.Failure);
        }
    }

    public override void Shutdown()
    {
        base.Shutdown();
        _addresses = [];
        _selected = null;
        _isConnecting = false;
    }

    private void OnSelectedLost(Subchannel subchannel)
    {
        _selected = null;
        RequestResolution();
        if (subchannel.State == ConnectivityState.TransientFailure)
        {
            StartPass();
            return;
        }

        Publish(ConnectivityState.Idle, []);
    }

    private void StartPass()
    {
        bool wasFailing = HaveAllFailed;
        _isConnecting = true;
        _index = 0;
        Reconcile(_addresses);

        // TRANSIENT_FAILURE is sticky: a new list that fails too must not make calls wait in between.
        if (!wasFailing)
        {
            Publish(ConnectivityState.Connecting, []);
        }

        Advance();
    }

    private void Advance()
    {
        while (_index < Subchannels.Length)
        {
            Subchannel subchannel = Subchannels[_index];
            switch (subchannel.State)
            {
                case ConnectivityState.Ready:
                    Select(subchannel);
                    return;
                case ConnectivityState.TransientFailure:
                    _index++;
                    break;
                default:
                    subchannel.Connect();
                    return;
            }
        }

        ReportFailure(Subchannels[^1].Failure);
        foreach (Subchannel subchannel in Subchannels)
        {
            // Its back-off ended while the others were tried.
            subchannel.Connect();
        }
    }

    private void Select(Subchannel subchannel)
    {
        _selected = subchannel;
        _isConnecting = false;
        Reconcile([subchannel.EndPoint]);
        Publish(ConnectivityState.Ready, Subchannels);
    }

    private void ReportFailure(Status failure)
    {
        Publish(ConnectivityState.TransientFailure, [], failure);
        RequestResolution();
    }
}
