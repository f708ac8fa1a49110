// SPDX-License-Identifier: Apache-2.0
using Cagent.Xds.Nodes;

namespace Cagent.Xds.Streams;

/// <summary>When the stream has accepted a publication, for the time to the last ACK of all.</summary>
internal sealed partial class XdsStream
{
    // Set by publishers, taken by the loop, once more at its end.
    private PushWatch? _push;
    private volatile bool _isOver;

    /// <summary>Tells the watch when its publication is accepted here. The caller wakes the loop afterwards.</summary>
    public void Follow(PushWatch push)
    {
        push.Enter();
        Interlocked.Exchange(ref _push, push)?.Overtake();
        if (_isOver)
        {
            LeavePush();
        }
    }

    private void ReportPush()
    {
        if (Volatile.Read(ref _push) is { } push && HasAllAcked(push.Sequence) && Interlocked.CompareExchange(ref _push, null, push) == push)
        {
            push.Leave(hasAccepted: true);
        }
    }

    private void LeavePush() => Interlocked.Exchange(ref _push, null)?.Leave(hasAccepted: false);
}
